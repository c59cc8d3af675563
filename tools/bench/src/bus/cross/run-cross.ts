import { detectTopology, type LoopMode } from '@hioload/reactor';
import { count } from '../../core/format.js';
import type { Output } from '../../core/output.js';
import { quantile, type Summary, summarise } from '../../core/statistics.js';
import type { BusSettings } from '../settings.js';
import { startCrossServer } from './cross-server.js';

const LOOPS: readonly LoopMode[] = ['spin', 'adaptive', 'park'];
/** Round trips of a pass. */
const ROUNDS = 500;
/** Goals: messages a second while both sides are busy, and microseconds at the median one way. */
const GOAL_PER_SECOND = 5_000_000;
const GOALS_MICROSECONDS: Readonly<Partial<Record<LoopMode, number>>> = { spin: 5, park: 120 };

/** Publishing from one reactor to one listener on another, in one way of waiting. */
export interface CrossResults {
  readonly loop: LoopMode;
  readonly messagesPerSecond: Summary;
  /** One way, in microseconds, over the round trips of all passes. */
  readonly latency: { readonly median: number; readonly p99: number; readonly max: number };
}

/** Measures the bus alone, without a socket. @throws Error where a message was lost, reordered or altered */
export async function runCross(settings: BusSettings, output: Output): Promise<CrossResults[]> {
  const topology = await detectTopology();
  const { cpus, passes, seconds, warmupSeconds, payloadBytes } = settings;
  const results: CrossResults[] = [];
  output.result(`\nfrom one reactor to one listener on another, ${payloadBytes} bytes, without a socket`);
  for (const loop of LOOPS) {
    output.progress(`cross-reactor publish, loop ${loop}, ${passes} passes`);
    const server = await startCrossServer(loop, topology, cpus);
    try {
      await server.measure({ kind: 'throughput', seconds: warmupSeconds, payloadBytes });
      const rates: number[] = [];
      const times: number[] = [];
      for (let pass = 0; pass < passes; pass++) {
        const { messagesPerSecond } = await server.measure({ kind: 'throughput', seconds, payloadBytes });
        rates.push(messagesPerSecond!);
        times.push(...(await server.measure({ kind: 'latency', rounds: ROUNDS, payloadBytes })).oneWayMicroseconds);
      }
      const ascending = times.toSorted((a, b) => a - b);
      results.push({
        loop,
        messagesPerSecond: summarise(rates)!,
        latency: { median: quantile(ascending, 0.5), p99: quantile(ascending, 0.99), max: ascending.at(-1)! },
      });
      output.result(describe(results.at(-1)!));
    } finally {
      await server.close();
    }
  }
  return results;
}

function describe({ loop, messagesPerSecond, latency }: CrossResults): string {
  const rate = `${count(messagesPerSecond.median)} messages/s (${count(messagesPerSecond.min)} .. ${count(messagesPerSecond.max)}), goal ${count(GOAL_PER_SECOND)}`;
  const goal = GOALS_MICROSECONDS[loop];
  const aim = goal === undefined ? '' : `, goal ${goal}`;
  const { median, p99 } = latency;
  return `${loop.padEnd(10)}${rate}; one way ${median.toFixed(1)} us at the median${aim}, ${p99.toFixed(1)} at p99`;
}
