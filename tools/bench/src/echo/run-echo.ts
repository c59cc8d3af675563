// Runs `bench echo`: its series, its tables, its result file and its picture.
import { writeFile } from 'node:fs/promises';
import { describeMachine, describeMachineText } from '../core/measured-machine.js';
import type { Output } from '../core/run-output.js';
import { chooseResultFiles } from '../core/result-file.js';
import { runRounds } from '../core/rounds.js';
import {
  BASELINE_ARM,
  evaluateSeries,
  isComplete,
  type LoadSeries,
  NOISE_ARM,
} from '../load/arm-results.js';
import { describePass, describeSeries, describeVersions } from '../load/load-text.js';
import { prepareArms } from '../servers/prepare-arms.js';
import { measureEcho } from './echo-pass.js';
import { drawEcho } from './echo-picture.js';
import { describeSettings, describeWork } from './echo-text.js';
import { worksOf } from './echo-work.js';
import { SERVER_KINDS } from './server-kinds.js';
import type { EchoSettings } from './settings.js';

/**
 * Measures, prints the tables, and writes the result as JSON and as a picture.
 * @param jsonFile `null` for a name with the date below `bench-results`
 * @returns whether every series has a number for each subject and the baseline
 * @throws Error if a server cannot be started, or loses, changes or reorders messages
 */
export async function runEcho(
  settings: EchoSettings,
  jsonFile: string | null,
  output: Output,
): Promise<boolean> {
  const machine = describeMachine(settings.serverCpu);
  const date = new Date().toISOString();
  const files = await chooseResultFiles('echo', date, jsonFile);
  output.result([describeMachineText(machine), describeSettings(settings)].join('\n'));
  if (settings.loadCpus.includes(settings.serverCpu)) {
    output.result('WORTHLESS NUMBERS: server and load share a CPU. They only show that it runs.');
  }

  // The baseline always runs, and runs twice.
  const needed = [...settings.subjects, BASELINE_ARM] as const;
  const names = [...needed, ...settings.rivals.filter((rival) => rival !== BASELINE_ARM)];
  const commands = await prepareArms({ names, kinds: SERVER_KINDS, needed }, output);
  const arms = [...commands.keys()].flatMap((name) =>
    name === BASELINE_ARM ? [name, NOISE_ARM] : [name],
  );
  const commandOf = (arm: string) =>
    commands.get(arm === NOISE_ARM ? BASELINE_ARM : (arm as typeof BASELINE_ARM))!;

  const series: LoadSeries[] = [];
  for (const work of worksOf(settings)) {
    output.progress(describeWork(work));
    const passes = await runRounds({
      arms,
      rounds: settings.passes,
      attempts: settings.attempts,
      measure: (arm) => measureEcho(arm, commandOf(arm), work, settings),
      onPass: (pass) => output.progress(describePass(pass, settings.passes)),
    });
    const evaluated = evaluateSeries(describeWork(work), arms, passes);
    series.push(evaluated);
    output.result(`\n${describeSeries(evaluated)}`);
  }

  output.result(`\n${describeVersions(series)}`);
  await writeFile(
    files.json,
    `${JSON.stringify({ bench: 'echo', date, machine, settings, series }, null, 2)}\n`,
  );
  await writeFile(files.picture, drawEcho(series, settings, machine, date));
  output.result(`written   ${files.json}\n          ${files.picture}`);

  return isComplete(series, needed);
}
