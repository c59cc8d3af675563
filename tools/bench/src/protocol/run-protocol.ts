// Runs `bench protocol`: its passes, its table, its result file and its picture.
import { writeFile } from 'node:fs/promises';
import { barChart } from '../core/bar-chart.js';
import { describeMachine, type MeasuredMachine } from '../core/measured-machine.js';
import type { Output } from '../core/run-output.js';
import { chooseResultFiles } from '../core/result-file.js';
import { byRound, type Pass, runRounds } from '../core/rounds.js';
import { pairedRatios, type Summary, summarise } from '../core/statistics.js';
import { type Column, formatTable } from '../core/text-table.js';
import { type Arm, ARMS, SUBJECT } from './arms.js';
import { MEMORY_CASES, type MemoryCase } from './memory-case.js';
import { messageBytesOf } from './message-bytes.js';
import { measureArm, type ProtocolPass } from './protocol-pass.js';
import { type WorkloadName, WORKLOADS } from './workload.js';

export interface ProtocolSettings {
  readonly passes: number;
  /** Measured time of a workload in a pass. */
  readonly milliseconds: number;
  readonly cpu: number;
}

/** The results of one arm in one workload. */
export interface ProtocolArmResult {
  readonly arm: Arm;
  readonly nanoseconds: Summary;
  readonly gigabytesPerSecond: number;
  /** The time of this arm divided by the time of our codec, round by round. */
  readonly timesOurs: Summary;
}

export interface WorkloadResult {
  readonly workload: WorkloadName;
  readonly messageBytes: number;
  readonly arms: readonly ProtocolArmResult[];
}

/** The memory of a connection of one arm, in bytes, by its compression. */
export interface MemoryResult {
  readonly arm: Arm;
  readonly bytesPerConnection: Readonly<Record<MemoryCase, Summary | null>>;
}

/**
 * Measures our codec beside the codec of `ws`. Each arm has processes of its own in each pass, all
 * on one CPU. Prints the table, and writes the result as JSON and as a picture.
 * @param jsonFile `null` for a name with the date below `bench-results`
 * @throws Error if the messages that an arm reads differ from the messages that it was given
 */
export async function runProtocol(
  settings: ProtocolSettings,
  jsonFile: string | null,
  output: Output,
): Promise<void> {
  const machine = describeMachine(settings.cpu);
  const date = new Date().toISOString();
  const files = await chooseResultFiles('protocol', date, jsonFile);
  output.result(describe(settings, machine));
  const passes = await runRounds<ProtocolPass>({
    arms: ARMS,
    rounds: settings.passes,
    attempts: 1,
    measure: (arm) => measureArm(arm as Arm, settings.cpu, settings.milliseconds),
    onPass: ({ arm, round }) => output.progress(`pass ${round + 1} of ${settings.passes}: ${arm}`),
  });
  const results = (Object.keys(WORKLOADS) as WorkloadName[]).map((name) => evaluate(name, passes));
  const memory = ARMS.map((arm) => memoryOf(arm, passes));
  output.result(`\n${speedTable(results)}\n`);
  output.result(memoryTable(memory));
  const result = { bench: 'protocol', date, machine, settings, results, memory };
  await writeFile(files.json, `${JSON.stringify(result, null, 2)}\n`);
  await writeFile(files.picture, draw(results, describe(settings, machine), date));
  output.result(`\nwritten   ${files.json}\n          ${files.picture}`);
}

function evaluate(workload: WorkloadName, passes: readonly Pass<ProtocolPass>[]): WorkloadResult {
  const messageBytes = messageBytesOf(workload);
  const timesOf = (arm: Arm): Map<number, number> =>
    byRound(passes, arm, (pass) => pass.nanoseconds[workload]);
  const ours = timesOf(SUBJECT);
  const arms = ARMS.map((arm): ProtocolArmResult => {
    const times = timesOf(arm);
    const nanoseconds = summarise([...times.values()]);
    const timesOurs = summarise(pairedRatios(times, ours));
    if (nanoseconds === null || timesOurs === null)
      throw new Error(`${arm} has no numbers for ${workload}`);
    return { arm, nanoseconds, gigabytesPerSecond: messageBytes / nanoseconds.median, timesOurs };
  });
  return { workload, messageBytes, arms };
}

function memoryOf(arm: Arm, passes: readonly Pass<ProtocolPass>[]): MemoryResult {
  const found: Partial<Record<MemoryCase, Summary | null>> = {};
  for (const memoryCase of Object.keys(MEMORY_CASES) as MemoryCase[]) {
    found[memoryCase] = summarise([
      ...byRound(passes, arm, (pass) => pass.memory[memoryCase]).values(),
    ]);
  }
  return { arm, bytesPerConnection: found as MemoryResult['bytesPerConnection'] };
}

function describe(
  { passes, milliseconds, cpu }: ProtocolSettings,
  machine: MeasuredMachine,
): string {
  const measured = `median of ${passes} alternating passes, ${milliseconds} ms each, on CPU ${cpu}`;
  return `${machine.cpuModel}, ${machine.kernel}, Node ${machine.node}; ${measured}`;
}

function speedTable(results: readonly WorkloadResult[]): string {
  const columns: Column[] = [
    { title: 'workload', align: 'left' },
    { title: 'codec', align: 'left' },
    { title: 'ns/message', align: 'right' },
    { title: 'least..most', align: 'right' },
    { title: 'GB/s', align: 'right' },
    { title: 'times ours', align: 'right' },
  ];
  const rows = results.flatMap(({ workload, arms }) =>
    arms.map(({ arm, nanoseconds, gigabytesPerSecond, timesOurs }, index) => [
      index === 0 ? WORKLOADS[workload] : '',
      arm,
      nanoseconds.median.toFixed(1),
      `${nanoseconds.min.toFixed(1)}..${nanoseconds.max.toFixed(1)}`,
      gigabytesPerSecond.toFixed(2),
      timesOurs.median.toFixed(2),
    ]),
  );
  return formatTable(columns, rows);
}

function memoryTable(memory: readonly MemoryResult[]): string {
  const cases = Object.keys(MEMORY_CASES) as MemoryCase[];
  const columns: Column[] = [
    { title: 'memory a connection takes that compresses', align: 'left' },
    ...cases.map((title): Column => ({ title, align: 'right' })),
  ];
  const kib = (summary: Summary | null): string =>
    `${((summary?.median ?? NaN) / 1_024).toFixed(1)} KiB`;
  return formatTable(
    columns,
    memory.map(({ arm, bytesPerConnection }) => [
      arm,
      ...cases.map((which) => kib(bytesPerConnection[which])),
    ]),
  );
}

function draw(results: readonly WorkloadResult[], description: string, date: string): string {
  const groups = results.map(({ workload, arms }) => ({
    title: WORKLOADS[workload],
    bars: arms.map(({ arm, nanoseconds, gigabytesPerSecond, timesOurs }) => ({
      label: arm,
      value: nanoseconds.median,
      low: nanoseconds.min,
      high: nanoseconds.max,
      note:
        `${nanoseconds.median.toFixed(1)} ns, ${gigabytesPerSecond.toFixed(2)} GB/s, ` +
        `${timesOurs.median.toFixed(2)} of ours`,
    })),
  }));
  const footer = [
    'Nanoseconds a message: shorter is better. Whiskers from least to most. Every message ' +
      'counted, sizes compared.',
    `${description}. ${date}`,
  ];
  return barChart(
    'The WebSocket codec without a socket',
    groups,
    footer,
    new Set(ARMS.filter((arm) => arm === SUBJECT)),
  );
}
