// Runs the scaling series of `bench bus`: what each added reactor brings.
import { cell, count, percent, range, ratio } from '../core/format.js';
import type { Output } from '../core/run-output.js';
import { byRound, type Pass, type PassOutcome, runRounds } from '../core/rounds.js';
import { pairedRatios, type Summary, summarise } from '../core/statistics.js';
import { formatTable } from '../core/text-table.js';
import type { ChildCommand } from '../core/pinned-child.js';
import { combineLoads, type LoadNumbers } from '../load/load-numbers.js';
import { describePass } from '../load/load-text.js';
import { runLoad } from '../load/run-load.js';
import { prepareArms } from '../servers/prepare-arms.js';
import { withServer } from '../servers/with-server.js';
import { planScaling, type ScalingRow } from './scaling-plan.js';
import { hioload } from './server-kinds.js';
import type { BusSettings } from './settings.js';

/** The goal: the throughput of each added reactor, as a share of the throughput of one alone. */
const GOAL = 0.8;

/** With fewer CPUs there is no room for more than one reactor and its load. */
const MIN_CPUS = 3;

export interface ScalingResult {
  readonly reactors: number;
  readonly isLoadAlone: boolean;
  readonly messagesPerSecond: Summary | null;
  /** Throughput divided by that of one reactor in the same round. */
  readonly speedup: Summary | null;
  readonly passes: readonly Pass<LoadNumbers>[];
}

/**
 * Measures the fan-out with more and more reactors. Each load process has a room of its own, with a
 * publisher and subscribers whom the kernel spreads over all reactors.
 * @returns `null` on a machine that is too small
 */
export async function runScaling(
  settings: BusSettings,
  output: Output,
): Promise<ScalingResult[] | null> {
  const { allCpus, passes } = settings;
  if (allCpus.length < MIN_CPUS) {
    output.result(
      `\nSKIPPED: scaling needs more than 2 CPUs; this process may use ${allCpus.length}.`,
    );
    return null;
  }
  const rows = planScaling(allCpus);
  const commands = new Map<number, ChildCommand>();
  for (const { reactors } of rows) {
    const plan = {
      names: ['hioload'],
      kinds: { hioload: hioload(reactors).server },
      needed: ['hioload'],
    } as const;
    commands.set(reactors, (await prepareArms(plan, output)).get('hioload')!);
  }
  const measured = await runRounds({
    arms: rows.map(({ reactors }) => nameOf(reactors)),
    rounds: passes,
    attempts: 1,
    measure: (arm) => {
      const row = rows.find(({ reactors }) => nameOf(reactors) === arm)!;
      return measureRow(row, commands.get(row.reactors)!, settings);
    },
    onPass: (pass) => output.progress(describePass(pass, passes)),
  });
  const results = rows.map((row) => evaluateRow(row, measured));
  output.result(`\n${describeScaling(results)}`);
  return results;
}

/**
 * Runs one pass of a row.
 * @throws Error for the reasons of the fan-out
 */
export async function measureRow(
  { reactors, serverCpus, loadCpus }: ScalingRow,
  command: ChildCommand,
  settings: BusSettings,
): Promise<PassOutcome<LoadNumbers>> {
  const { subscribers, payloadBytes, inFlight, warmupSeconds, seconds } = settings;
  return withServer(nameOf(reactors), serverCpus, command, async (server) => {
    const { host, port } = server;
    const common = {
      kind: 'fan-out',
      host,
      port,
      dialect: 'plain',
      subscribers,
      payloadBytes,
      inFlight,
      threads: 1,
    } as const;
    const results = await runLoad(server, {
      loads: loadCpus.map((cpus, room) => ({ cpus, plan: { ...common, query: `?${room}` } })),
      warmupMs: warmupSeconds * 1000,
      measureMs: seconds * 1000,
    });
    return { numbers: combineLoads(server.version, results), voidReason: null };
  });
}

export function evaluateRow(
  { reactors, isLoadAlone }: Pick<ScalingRow, 'reactors' | 'isLoadAlone'>,
  passes: readonly Pass<LoadNumbers>[],
): ScalingResult {
  const speedOf = (arm: string): Map<number, number> =>
    byRound(passes, arm, (numbers) => numbers.messagesPerSecond);
  const speeds = speedOf(nameOf(reactors));
  return {
    reactors,
    isLoadAlone,
    messagesPerSecond: summarise([...speeds.values()]),
    speedup: summarise(pairedRatios(speeds, speedOf(nameOf(1)))),
    passes: passes.filter(({ arm }) => arm === nameOf(reactors)),
  };
}

const COLUMNS = [
  { title: 'reactors', align: 'right' },
  { title: 'deliveries/s', align: 'right' },
  { title: 'min .. max', align: 'right' },
  { title: 'to 1 reactor', align: 'right' },
  { title: 'for each added', align: 'right' },
  { title: 'server CPU', align: 'right' },
  { title: 'load CPU', align: 'right' },
  { title: 'load', align: 'left' },
] as const;

export function describeScaling(results: readonly ScalingResult[]): string {
  const rows = results.map(({ reactors, isLoadAlone, messagesPerSecond, speedup, passes }) => {
    const cores = (pick: (numbers: LoadNumbers) => number): string =>
      cell(summarise(passes.map(({ numbers }) => pick(numbers))), ({ median }) => percent(median));
    return [
      String(reactors),
      cell(messagesPerSecond, ({ median }) => count(median)),
      cell(messagesPerSecond, (summary) => range(summary, count)),
      cell(speedup, ({ median }) => ratio(median)),
      // The column shows the gain of each added reactor. A single reactor has none.
      reactors === 1 ? '' : cell(speedup, ({ median }) => ratio((median - 1) / (reactors - 1))),
      cores(({ serverCores }) => serverCores),
      cores(({ generatorCores }) => generatorCores),
      isLoadAlone ? 'on CPUs of its own' : 'short of CPUs: may set the pace',
    ];
  });
  const goal = `goal: ${GOAL} of a reactor's throughput for each one added`;
  return `${formatTable(COLUMNS, rows)}\n${goal}`;
}

function nameOf(reactors: number): string {
  return `hioload-${reactors}`;
}
