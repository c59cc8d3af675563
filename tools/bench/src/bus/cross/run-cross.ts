// Runs the passes between two reactors, beside their rivals.
import type { Output } from '../../core/run-output.js';
import { nodeCommand, PinnedChild } from '../../core/pinned-child.js';
import { byRound, runRounds } from '../../core/rounds.js';
import { pairedRatios, summarise } from '../../core/statistics.js';
import type { BusSettings } from '../settings.js';
import {
  CROSS_CHANNELS,
  type CrossChannel,
  type CrossPlan,
  type CrossReport,
  PLAN_VARIABLE,
} from './cross-messages.js';
import { CROSS_SERIES, type CrossSeries } from './cross-series.js';
import { type CrossArmResult, describeCross, formatValue } from './cross-text.js';

/** Longest time of one pass, in milliseconds. */
const PASS_DEADLINE_MS = 120_000;

/**
 * Messages before the measurement of latency. V8 has not compiled code for speed after some hundred
 * runs: with 500 messages the median of the bus is twice as long.
 */
const LATENCY_WARM_UP = 20_000;

interface CrossNumbers {
  /** In the unit of the series. For latencies this is the median. */
  readonly value: number;
  /** The 99th percentile in the unit of the series, for latencies only. */
  readonly p99: number | null;
  /** Share of the time that the busiest thread waited for a CPU, 0..1. */
  readonly waitedShare: number;
}

/**
 * Measures messages from one reactor to another without a socket, beside the ways that Node has for
 * that.
 * @returns the results by the name of the series
 * @throws Error if a message is lost, torn, repeated or reordered
 */
export async function runCross(
  settings: BusSettings,
  output: Output,
): Promise<Record<string, CrossArmResult[]>> {
  const results: Record<string, CrossArmResult[]> = {};
  for (const series of CROSS_SERIES) {
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
      const plan: CrossPlan = {
        channel,
        kind,
        loop,
        messageBytes: payloadBytes,
        ...messagesOf(channel, kind, crossMessages),
      };
      return { numbers: await runPass(plan, cpus), voidReason: null };
    },
    onPass: ({ arm, round, numbers }) =>
      output.progress(
        `${name} round ${round + 1}/${passes}  ${arm}: ${formatValue(numbers.value)} ${unit}`,
      ),
  });
  const valuesOf = (arm: CrossChannel): Map<number, number> =>
    byRound(measured, arm, ({ value }) => value);
  return CROSS_CHANNELS.map((channel) => ({
    channel,
    value: summarise([...valuesOf(channel).values()])!,
    p99:
      kind === 'latency'
        ? summarise([...byRound(measured, channel, ({ p99 }) => p99 ?? 0).values()])
        : null,
    ratio: summarise(pairedRatios(valuesOf(channel), valuesOf('bus')))!,
    waitedShare: summarise([
      ...byRound(measured, channel, ({ waitedShare }) => waitedShare).values(),
    ])!,
  }));
}

/**
 * The number of messages in a series. A pause before each message makes a series of latencies long.
 * A channel that copies objects takes twenty times as long as the bus.
 */
function messagesOf(
  channel: CrossChannel,
  kind: CrossPlan['kind'],
  all: number,
): Pick<CrossPlan, 'warmUp' | 'messages'> {
  if (kind === 'latency')
    return { warmUp: LATENCY_WARM_UP, messages: LATENCY_WARM_UP + Math.ceil(all / 1_000) };
  const messages = channel === 'bus' ? all : Math.ceil(all / 20);
  return { warmUp: messages >>> 2, messages };
}

/**
 * Runs one pass in a process of its own.
 * @throws Error if its reader finds a fault
 */
export async function runPass(plan: CrossPlan, cpus: readonly number[]): Promise<CrossNumbers> {
  const name = `${plan.kind} over ${plan.channel}`;
  const command = {
    ...nodeCommand('bus/cross/cross-process'),
    env: { [PLAN_VARIABLE]: JSON.stringify(plan) },
  };
  const child = PinnedChild.start<never, CrossReport>(name, [...new Set(cpus)], command);
  try {
    const result = await child.receive(PASS_DEADLINE_MS);
    if (result.kind === 'fault') throw new Error(`${name}: ${result.message}`);
    const { waitedShare } = result;
    if (result.kind === 'throughput')
      return { value: result.messagesPerSecond, p99: null, waitedShare };
    return { value: result.medianNs / 1_000, p99: result.p99Ns / 1_000, waitedShare };
  } finally {
    await child.stop();
  }
}
