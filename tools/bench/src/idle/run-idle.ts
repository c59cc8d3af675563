// Runs `bench idle`: its passes, its table, its result file and its picture.
import { writeFile } from 'node:fs/promises';
import { barChart } from '../core/bar-chart.js';
import { percent } from '../core/format.js';
import {
  describeMachine,
  describeMachineText,
  type MeasuredMachine,
} from '../core/measured-machine.js';
import type { Output } from '../core/run-output.js';
import { chooseResultFiles } from '../core/result-file.js';
import { runRounds } from '../core/rounds.js';
import { SERVER_KINDS } from '../echo/server-kinds.js';
import { BASELINE_ARM, NOISE_ARM } from '../load/arm-results.js';
import { prepareArms } from '../servers/prepare-arms.js';
import { type IdleNumbers, measureIdle } from './idle-pass.js';
import { describeIdle, evaluateIdle, type IdleArmResult, kibibytes } from './idle-results.js';
import type { IdleArmName, IdleSettings } from './settings.js';

/** The most attempts at a pass. If memory does not come to rest, the pass is repeated. */
const ATTEMPTS = 2;

/**
 * Measures the cost of idle connections, prints the table, and writes the result as JSON and as a
 * picture.
 * @param jsonFile `null` for a name with the date below `bench-results`
 * @returns whether each subject and the baseline have a number
 * @throws Error if a server cannot be started, or closes a connection
 */
export async function runIdle(
  settings: IdleSettings,
  jsonFile: string | null,
  output: Output,
): Promise<boolean> {
  const machine = describeMachine(settings.serverCpu);
  const date = new Date().toISOString();
  const files = await chooseResultFiles('idle', date, jsonFile);
  output.result([describeMachineText(machine), describeSettings(settings)].join('\n'));

  const needed: IdleArmName[] = [...settings.subjects, BASELINE_ARM];
  const names = [...needed, ...settings.rivals.filter((rival) => rival !== BASELINE_ARM)];
  const commands = await prepareArms({ names, kinds: SERVER_KINDS, needed }, output);
  const arms = [...commands.keys()].flatMap((name) =>
    name === BASELINE_ARM ? [name, NOISE_ARM] : [name],
  );
  const commandOf = (arm: string) =>
    commands.get(arm === NOISE_ARM ? BASELINE_ARM : (arm as IdleArmName))!;
  const passes = await runRounds<IdleNumbers>({
    arms,
    rounds: settings.passes,
    attempts: ATTEMPTS,
    measure: (arm) => measureIdle(arm, commandOf(arm), settings),
    onPass: ({ arm, round, numbers, voidReason }) => {
      const judgement = voidReason === null ? '' : `, VOID: ${voidReason}`;
      const memory = `${kibibytes(numbers.bytesPerConnection)} KiB/connection`;
      const cpu = `idle CPU ${percent(numbers.idleCores, 2)}, ${numbers.pings} pings`;
      output.progress(
        `round ${round + 1}/${settings.passes}  ${arm}: ${memory}, ${cpu}${judgement}`,
      );
    },
  });

  const results = evaluateIdle(arms, passes);
  output.result(`\n${describeIdle(results)}`);
  const versions = [...new Set(results.map(({ version }) => version))].filter(
    (version) => version !== null,
  );
  output.result(`versions  ${versions.join(', ')}`);
  const result = { bench: 'idle', date, machine, settings, results, passes };
  await writeFile(files.json, `${JSON.stringify(result, null, 2)}\n`);
  await writeFile(files.picture, draw(results, settings, machine, date));
  output.result(`written   ${files.json}\n          ${files.picture}`);
  return needed.every((name) => results.find(({ arm }) => arm === name)?.validPasses !== 0);
}

function describeSettings({ serverCpu, loadCpu, from, to, passes, seconds }: IdleSettings): string {
  return [
    `CPUs      server on ${serverCpu}, connections held on ${loadCpu}`,
    `memory    slope of Rss between ${from} and ${to} idle connections, after collection, ` +
      'when it stands still',
    `CPU       of the whole server with ${to} of them, over ${seconds} s; 100 % is one core`,
    `passes    ${passes}; a connection is pinged once in almost 120 s, so a short window ` +
      'holds few pings or none',
  ].join('\n');
}

function draw(
  results: readonly IdleArmResult[],
  settings: IdleSettings,
  machine: MeasuredMachine,
  date: string,
): string {
  const bars = results.flatMap(({ arm, bytesPerConnection, idleCores }) => {
    if (bytesPerConnection === null) return [];
    const { median, min, max } = bytesPerConnection;
    const cpu = idleCores === null ? '' : `, idle CPU ${percent(idleCores.median, 2)}`;
    return [
      { label: arm, value: median, low: min, high: max, note: `${kibibytes(median)} KiB${cpu}` },
    ];
  });
  const { from, to, passes, serverCpu } = settings;
  const footer = [
    `Slope of process memory (Rss) between ${from} and ${to} connections after collection; ` +
      `median of ${passes}, least to most.`,
    `Server on CPU ${serverCpu}. ${machine.cpuModel}, ${machine.kernel}, Node ` +
      `${machine.node}. ${date}`,
  ];
  const title = 'Memory of an idle connection: less is better';
  return barChart(title, [{ title: 'KiB', bars }], footer, new Set(settings.subjects));
}
