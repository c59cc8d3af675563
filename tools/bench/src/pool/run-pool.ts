// Runs `bench pool`: its series, its tables and its result file.
import { writeFile } from 'node:fs/promises';
import { describeMachine, describeMachineText } from '../core/measured-machine.js';
import type { Output } from '../core/run-output.js';
import { nodeCommand, PinnedChild } from '../core/pinned-child.js';
import { chooseResultFiles } from '../core/result-file.js';
import { byRound, runRounds } from '../core/rounds.js';
import { pairedRatios, summarise } from '../core/statistics.js';
import { formatTable } from '../core/text-table.js';
import { type PoolArmResult, type GoalOutcome, judgeGoals } from './goals.js';
import { NativeRing } from './native-ring.js';
import type { PassPlan, PassReport } from './pass-plan.js';
import { type ArmName, POOL_SERIES, type PoolSeries } from './series.js';

/** Longest time of one pass, in milliseconds. */
const PASS_DEADLINE_MS = 120_000;

/** The settings of a run of `bench pool`. */
export interface PoolSettings {
  /** Names of series. */
  readonly series: readonly string[];
  readonly passes: number;
  /** CPUs of the reading and of the writing thread. */
  readonly cpus: readonly [number, number];
}

/**
 * Measures, prints the tables, and writes the result as JSON.
 * @throws Error if a record is lost, changed or reordered
 */
export async function runPool(
  settings: PoolSettings,
  jsonFile: string | null,
  output: Output,
): Promise<void> {
  const machine = describeMachine(settings.cpus[0]);
  const date = new Date().toISOString();
  const { json } = await chooseResultFiles('pool', date, jsonFile);
  output.result(
    `${describeMachineText(machine)}\nCPUs      reader on ${settings.cpus[0]}, writer on ` +
      `${settings.cpus[1]}`,
  );
  if (settings.cpus[0] === settings.cpus[1])
    output.result('WORTHLESS NUMBERS: both threads share a CPU.');

  const native = await NativeRing.compile();
  if (typeof native === 'string') output.result(`SKIPPED: C++ ring cannot be had: ${native}`);
  const results: Record<string, PoolArmResult[]> = {};
  try {
    for (const series of POOL_SERIES.filter(({ name }) => settings.series.includes(name))) {
      results[series.name] = await measureSeries(series, settings, native, output);
      output.result(`\n${describeSeries(series, results[series.name]!)}`);
    }
  } finally {
    if (typeof native !== 'string') await native.remove();
  }
  const compiler = typeof native === 'string' ? null : native.version;
  await writeFile(
    json,
    `${JSON.stringify({ bench: 'pool', date, machine, compiler, settings, results }, null, 2)}\n`,
  );
  output.result(`\nwritten   ${json}`);
}

async function measureSeries(
  series: PoolSeries,
  { passes, cpus }: PoolSettings,
  native: NativeRing | string,
  output: Output,
): Promise<PoolArmResult[]> {
  const arms = series.arms.filter((arm) => arm !== 'C++ ring' || typeof native !== 'string');
  const measured = await runRounds({
    arms,
    rounds: passes,
    attempts: 1,
    measure: async (arm) => {
      const measure =
        arm === 'C++ ring' && typeof native !== 'string'
          ? native.measure(series, cpus)
          : runPass(arm as ArmName, series, cpus);
      const value = await measure;
      return {
        numbers: series.unit === 'GB/s' ? (value * series.recordBytes) / 1e9 : value,
        voidReason: null,
      };
    },
    onPass: ({ arm, round, numbers }) =>
      output.progress(
        `${series.name} round ${round + 1}/${passes}  ${arm}: ${format(numbers)} ${series.unit}`,
      ),
  });
  const valuesOf = (arm: ArmName): Map<number, number> => byRound(measured, arm, (value) => value);
  return arms.map((arm) => ({
    arm,
    value: summarise([...valuesOf(arm).values()])!,
    ratio: summarise(pairedRatios(valuesOf(arm), valuesOf(arms[0]!)))!,
  }));
}

/**
 * Runs one pass in a process of its own, so that no arm inherits the heap or the compiled code of
 * another.
 */
async function runPass(arm: ArmName, series: PoolSeries, cpus: PassPlan['cpus']): Promise<number> {
  const plan: PassPlan = { arm, series: series.name, cpus };
  const command = nodeCommand('pool/pool-process', JSON.stringify(plan));
  const child = PinnedChild.start<never, PassReport>(
    `${series.name} of ${arm}`,
    [...new Set(cpus)],
    command,
  );
  try {
    const report = await child.receive(PASS_DEADLINE_MS);
    if ('error' in report) throw new Error(`${series.name} of ${arm}: ${report.error}`);
    return report.value;
  } finally {
    await child.stop();
  }
}

function describeSeries(series: PoolSeries, results: readonly PoolArmResult[]): string {
  const { about, unit, arms } = series;
  const columns = [
    { title: about, align: 'left' },
    { title: unit, align: 'right' },
    { title: 'min .. max', align: 'right' },
    { title: `to ${arms[0]}`, align: 'right' },
    { title: 'quartiles', align: 'right' },
  ] as const;
  const rows = results.map(({ arm, value, ratio }) => [
    arm,
    format(value.median),
    `${format(value.min)} .. ${format(value.max)}`,
    ratio.median.toFixed(3),
    `${ratio.lowerQuartile.toFixed(3)} .. ${ratio.upperQuartile.toFixed(3)}`,
  ]);
  const goals = judgeGoals(series, results).map((goal) => describeGoal(goal, unit));
  return [formatTable(columns, rows), ...goals].join('\n');
}

function describeGoal({ arm, value, timesArm, found, reached }: GoalOutcome, unit: string): string {
  const what = timesArm === undefined ? unit : `times ${timesArm}`;
  return (
    `goal: ${arm} ${format(value)} ${what}: ${reached ? 'reached' : 'MISSED'} with ` + format(found)
  );
}

function format(value: number): string {
  return value >= 1_000 ? Math.round(value).toLocaleString('en-GB') : value.toPrecision(3);
}
