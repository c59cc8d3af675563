import { count, quartiles, range, ratio } from '../../core/format.js';
import type { Output } from '../../core/output.js';
import { nodeCommand, PinnedChild } from '../../core/pinned-child.js';
import { byRound, runRounds } from '../../core/rounds.js';
import { pairedRatios, type Summary, summarise } from '../../core/statistics.js';
import { formatTable } from '../../core/table.js';
import type { BusSettings } from '../settings.js';
import {
  CROSS_CHANNELS,
  type CrossChannel,
  type CrossPlan,
  type CrossResult,
  PLAN_VARIABLE,
} from './cross-messages.js';

/** Longest time of one pass, in milliseconds. */
const PASS_DEADLINE_MS = 120_000;

/** What is measured between two reactors. */
interface CrossSeries {
  readonly name: string;
  readonly about: string;
  readonly unit: 'messages/s' | 'us';
  readonly kind: CrossPlan['kind'];
  readonly loop: CrossPlan['loop'];
  /** What the bus is to reach, in `unit`. */
  readonly goal: number;
}

const SERIES: readonly CrossSeries[] = [
  {
    name: 'park throughput',
    about: 'published on one reactor, heard on the other, asleep when idle',
    unit: 'messages/s',
    kind: 'throughput',
    loop: 'park',
    goal: 5e6,
  },
  {
    name: 'spin throughput',
    about: 'published on one reactor, heard on the other, both spinning',
    unit: 'messages/s',
    kind: 'throughput',
    loop: 'spin',
    goal: 5e6,
  },
  {
    name: 'spin latency',
    about: 'from publish to listener, both spinning',
    unit: 'us',
    kind: 'latency',
    loop: 'spin',
    goal: 5,
  },
  {
    name: 'park latency',
    about: 'from publish to listener, both asleep before',
    unit: 'us',
    kind: 'latency',
    loop: 'park',
    goal: 120,
  },
];

interface CrossNumbers {
  /** In the unit of the series; of latencies the median. */
  readonly value: number;
  /** 99th percentile in the unit of the series, of latencies only. */
  readonly p99: number | null;
}

export interface CrossArmResult {
  readonly channel: CrossChannel;
  readonly value: Summary;
  /** Summary of the passes' 99th percentiles. */
  readonly p99: Summary | null;
  /** To the bus, round by round. */
  readonly ratio: Summary;
}

/**
 * Measures what crosses from one reactor to another without a socket, beside what Node has for that.
 * @returns by the name of the series @throws Error where a message is lost, torn, repeated or reordered
 */
export async function runCross(settings: BusSettings, output: Output): Promise<Record<string, CrossArmResult[]>> {
  const results: Record<string, CrossArmResult[]> = {};
  for (const series of SERIES) {
    results[series.name] = await measureSeries(series, settings, output);
    output.result(`\n${describeCross(series, settings.payloadBytes, results[series.name]!)}`);
  }
  return results;
}

async function measureSeries(
  { name, kind, loop, unit }: CrossSeries,
  { passes, cpus, payloadBytes, crossMessages }: BusSettings,
  output: Output,
): Promise<CrossArmResult[]> {
  const measured = await runRounds<CrossNumbers>({
    arms: CROSS_CHANNELS,
    rounds: passes,
    attempts: 1,
    measure: async (arm) => {
      const channel = arm as CrossChannel;
      const messages = messagesOf(channel, kind, crossMessages);
      const plan: CrossPlan = { channel, kind, loop, messageBytes: payloadBytes, messages };
      return { numbers: await runPass(plan, cpus), voidReason: null };
    },
    onPass: ({ arm, round, numbers }) =>
      output.progress(`${name} round ${round + 1}/${passes}  ${arm}: ${format(numbers.value)} ${unit}`),
  });
  const valuesOf = (arm: CrossChannel): Map<number, number> => byRound(measured, arm, ({ value }) => value);
  return CROSS_CHANNELS.map((channel) => ({
    channel,
    value: summarise([...valuesOf(channel).values()])!,
    p99: kind === 'latency' ? summarise([...byRound(measured, channel, ({ p99 }) => p99 ?? 0).values()]) : null,
    ratio: summarise(pairedRatios(valuesOf(channel), valuesOf('bus')))!,
  }));
}

/** A pause before each message makes a series of latencies long; what copies objects takes twenty times as long as the bus. */
function messagesOf(channel: CrossChannel, kind: CrossPlan['kind'], all: number): number {
  if (kind === 'latency') return Math.ceil(all / 1_000);
  return channel === 'bus' ? all : Math.ceil(all / 20);
}

/** Runs one pass in a process of its own. @throws Error where its reader finds a fault */
export async function runPass(plan: CrossPlan, cpus: readonly number[]): Promise<CrossNumbers> {
  const name = `${plan.kind} over ${plan.channel}`;
  const command = { ...nodeCommand('bus/cross/cross-process'), env: { [PLAN_VARIABLE]: JSON.stringify(plan) } };
  const child = PinnedChild.start<never, CrossResult>(name, [...new Set(cpus)], command);
  try {
    const result = await child.receive(PASS_DEADLINE_MS);
    if (result.kind === 'fault') throw new Error(`${name}: ${result.message}`);
    if (result.kind === 'throughput') return { value: result.messagesPerSecond, p99: null };
    return { value: result.medianNs / 1_000, p99: result.p99Ns / 1_000 };
  } finally {
    await child.stop();
  }
}

export function describeCross(
  { about, unit, kind, goal }: Pick<CrossSeries, 'about' | 'unit' | 'kind' | 'goal'>,
  messageBytes: number,
  results: readonly CrossArmResult[],
): string {
  const columns = [
    { title: `cross: ${about}, ${messageBytes} bytes`, align: 'left' },
    { title: kind === 'latency' ? `median ${unit}` : unit, align: 'right' },
    { title: 'min .. max', align: 'right' },
    { title: 'p99', align: 'right' },
    { title: 'to bus', align: 'right' },
    { title: 'quartiles', align: 'right' },
  ] as const;
  const rows = results.map(({ channel, value, p99, ratio: toBus }) => [
    channel,
    format(value.median),
    range(value, format),
    p99 === null ? '' : format(p99.median),
    ratio(toBus.median),
    quartiles(toBus, ratio),
  ]);
  return `${formatTable(columns, rows)}\ngoal: ${format(goal)} ${unit}`;
}

function format(value: number): string {
  return value >= 1_000 ? count(value) : value.toPrecision(3);
}
