import { writeFile } from 'node:fs/promises';
import { describeMachine } from '../core/machine.js';
import type { ChildCommand } from '../core/pinned-child.js';
import { chooseResultFiles } from '../core/result-file.js';
import { type Pass, runRounds } from '../core/rounds.js';
import { type EchoNumbers, measureEcho } from './echo-pass.js';
import { drawEcho } from './echo-picture.js';
import { BASELINE_ARM, type EchoSeries, evaluateSeries, isComplete, NOISE_ARM } from './echo-series.js';
import { describeMachineText, describePass, describeSeries, describeSettings } from './echo-text.js';
import { SERVER_KINDS, SUBJECTS } from './server-kinds.js';
import type { EchoSettings } from './settings.js';

/** Where the lines of a run go: what is asked for, and what tells that it goes on. */
export interface Output {
  result(text: string): void;
  progress(text: string): void;
}

/**
 * Measures, prints, and writes the result as JSON and as a picture.
 * @param jsonFile `null` for a name with the date below `bench-results`
 * @returns whether every series has a number for each subject and the baseline
 * @throws Error where a server cannot be started, or loses, alters or reorders messages
 */
export async function runEcho(settings: EchoSettings, jsonFile: string | null, output: Output): Promise<boolean> {
  const machine = describeMachine(settings.serverCpu);
  const date = new Date().toISOString();
  const files = await chooseResultFiles('echo', date, jsonFile);
  output.result([describeMachineText(machine), describeSettings(settings)].join('\n'));
  if (settings.loadCpus.includes(settings.serverCpu)) {
    output.result('WORTHLESS NUMBERS: server and load share a CPU. They only show that it runs.');
  }

  const arms = await prepareArms(settings, output);
  const series: EchoSeries[] = [];
  for (const inFlight of settings.inFlight) {
    output.progress(`${inFlight} in flight`);
    const passes: Pass<EchoNumbers>[] = await runRounds({
      arms: [...arms.keys()],
      rounds: settings.passes,
      attempts: settings.attempts,
      measure: (arm) => measureEcho(arm, arms.get(arm)!, inFlight, settings),
      onPass: (pass) => output.progress(describePass(pass, settings.passes)),
    });
    const evaluated = evaluateSeries(inFlight, [...arms.keys()], passes);
    series.push(evaluated);
    output.result(`\n${describeSeries(evaluated)}`);
  }

  const versions = Object.fromEntries(series.flatMap((one) => one.arms.map(({ arm, version }) => [arm, version])));
  output.result(`\nversions  ${[...new Set(Object.values(versions))].filter((text) => text !== null).join(', ')}`);
  await writeFile(
    files.json,
    `${JSON.stringify({ bench: 'echo', date, machine, versions, settings, series }, null, 2)}\n`,
  );
  await writeFile(files.picture, drawEcho(series, settings, machine, date));
  output.result(`written   ${files.json}\n          ${files.picture}`);

  return isComplete(series, [BASELINE_ARM, ...settings.subjects]);
}

/** What competes, in order, by name. The baseline is always there, twice; a rival that cannot be had is left out loudly. */
async function prepareArms(settings: EchoSettings, output: Output): Promise<Map<string, ChildCommand>> {
  const arms = new Map<string, ChildCommand>();
  for (const name of [
    ...settings.subjects,
    BASELINE_ARM,
    ...settings.rivals.filter((rival) => rival !== BASELINE_ARM),
  ] as const) {
    const start = await SERVER_KINDS[name].prepare();
    if (!start.available) {
      if (name === BASELINE_ARM || name in SUBJECTS) throw new Error(`${name} cannot be had: ${start.reason}`);
      output.result(`SKIPPED: ${name} cannot be had: ${start.reason}`);
      continue;
    }
    arms.set(name, start.command);
    if (name === BASELINE_ARM) arms.set(NOISE_ARM, start.command);
  }
  return arms;
}
