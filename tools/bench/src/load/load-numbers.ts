// The numbers of one pass under load, and the decision whether the pass counts.
import { percent } from '../core/format.js';
import type { PassOutcome } from '../core/rounds.js';
import type { LoadResult } from './load-messages.js';

/** What one pass of a server under load measured. */
export interface LoadNumbers {
  /** What served, with its version. */
  readonly version: string;
  /** Messages that reached a client. */
  readonly messagesPerSecond: number;
  /** Share of the time that the server's busiest thread ran, 0..1. */
  readonly serverBusy: number;
  /** Share of the time that this thread wanted to run and had to wait for its CPU, 0..1. */
  readonly serverWaited: number;
  /** CPU time of the whole server, all its processes, in cores. */
  readonly serverCores: number;
  /** CPU time of the whole server for one message, in nanoseconds. */
  readonly serverNsPerMessage: number;
  /** Share of the time that the busiest load process ran, 0..1. */
  readonly generatorBusy: number;
  /** CPU time of all load processes, in cores. */
  readonly generatorCores: number;
  /** Time in which the CPUs of server and load had nothing to do, in cores. */
  readonly idleCores: number;
}

/** A server that waits longer than this share for its CPU shares it with something else. */
const DISTURBED_SHARE = 0.05;

/**
 * Adds up what several load processes counted in windows that nearly coincide; the first of them
 * watched the server.
 */
export function combineLoads(version: string, results: readonly LoadResult[]): LoadNumbers {
  const [first] = results;
  if (first === undefined) throw new Error('no load process reported');
  const messagesPerSecond = results.reduce(
    (sum, { messages, seconds }) => sum + messages / seconds,
    0,
  );
  const serverCores = first.server.cpuNs / 1e9 / first.seconds;
  return {
    version,
    messagesPerSecond,
    serverBusy: first.server.busiestShare,
    serverWaited: first.server.waitedShare,
    serverCores,
    serverNsPerMessage: (serverCores * 1e9) / messagesPerSecond,
    generatorBusy: Math.max(...results.map(({ generator }) => generator.busiestShare)),
    generatorCores: results.reduce(
      (sum, { generator, seconds }) => sum + generator.cpuNs / 1e9 / seconds,
      0,
    ),
    idleCores: first.idleNs / 1e9 / first.seconds,
  };
}

/**
 * Decides whether a pass counts: a number says something about the server only where the server was
 * what limited it.
 * @param minBusy share of the time that its busiest thread must have run, 0..1
 */
export function judgeServerBusy(numbers: LoadNumbers, minBusy: number): PassOutcome<LoadNumbers> {
  if (numbers.messagesPerSecond === 0)
    return { numbers, voidReason: 'no message came back in the window' };
  if (numbers.serverBusy >= minBusy) return { numbers, voidReason: null };
  const busy =
    `the server was busy ${percent(numbers.serverBusy, 1)} of the time, the bar is ` +
    percent(minBusy, 1);
  const cause =
    numbers.serverWaited > DISTURBED_SHARE
      ? `it waited ${percent(numbers.serverWaited, 1)} for its CPU: something else runs there`
      : `the load was busy ${percent(numbers.generatorBusy, 1)}`;
  return { numbers, voidReason: `${busy}; ${cause}` };
}
