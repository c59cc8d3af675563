// Runs the fan-out series of `bench bus`, beside the rivals.
import { ratio } from '../core/format.js';
import type { Output } from '../core/run-output.js';
import { runRounds } from '../core/rounds.js';
import {
  BASELINE_ARM,
  evaluateSeries,
  type LoadSeries,
  NOISE_ARM,
  ratioOf,
} from '../load/arm-results.js';
import { describePass, describeSeries, describeVersions } from '../load/load-text.js';
import { prepareArms } from '../servers/prepare-arms.js';
import type { ServerKind } from '../servers/server-kind.js';
import { measureFanOut } from './fan-out-pass.js';
import { FAN_OUT_KINDS, GOALS, type RivalName, type SubjectName } from './server-kinds.js';
import type { BusSettings } from './settings.js';

type Name = SubjectName | RivalName;

/**
 * Measures how fast a message reaches all subscribers, beside the rivals.
 * @throws Error if a server cannot be started, or loses, changes, repeats or reorders a message
 */
export async function runFanOut(settings: BusSettings, output: Output): Promise<LoadSeries> {
  const { subjects, rivals, subscribers, payloadBytes, inFlight, passes, attempts } = settings;
  const needed = [...subjects, BASELINE_ARM] as const;
  const names: Name[] = [...needed, ...rivals.filter((rival) => rival !== BASELINE_ARM)];
  const kinds = Object.fromEntries(
    names.map((name) => [name, FAN_OUT_KINDS[name].server]),
  ) as Record<Name, ServerKind>;
  const commands = await prepareArms({ names, kinds, needed }, output);
  const arms = [...commands.keys()].flatMap((name) =>
    name === BASELINE_ARM ? [name, NOISE_ARM] : [name],
  );
  const nameOf = (arm: string): Name => (arm === NOISE_ARM ? BASELINE_ARM : (arm as Name));

  const measured = await runRounds({
    arms,
    rounds: passes,
    attempts,
    measure: (arm) =>
      measureFanOut(arm, commands.get(nameOf(arm))!, FAN_OUT_KINDS[nameOf(arm)].dialect, settings),
    onPass: (pass) => output.progress(describePass(pass, passes)),
  });
  const load = `${inFlight} in flight, ${subscribers} subscribers, ${payloadBytes} bytes`;
  const series = evaluateSeries(`deliveries: 1 publisher, ${load}`, arms, measured);
  output.result(`\n${describeSeries(series)}`);
  for (const line of describeGoals(series, subjects)) output.result(line);
  output.result(describeVersions([series]));
  return series;
}

/** The ratios of the first subject to each rival, beside the goals. */
export function describeGoals({ passes }: LoadSeries, subjects: readonly SubjectName[]): string[] {
  const [subject] = subjects;
  if (subject === undefined) return [];
  return Object.entries(GOALS).flatMap(([rival, goal]) => {
    const reached = ratioOf(passes, subject, rival);
    return reached === null
      ? []
      : [`${subject} to ${rival}: ${ratio(reached.median)}, goal ${goal}`];
  });
}
