// The numbers of one pass under load, and the decision whether the pass counts.
import { percent } from '../core/format.js';
import type { PassOutcome } from '../core/rounds.js';
import type { LoadResult } from './load-messages.js';

/** The numbers of one pass of a server under load. */
export interface LoadNumbers {
  /** Name and version of the server. */
  readonly version: string;
  /** Messages that reached a client. */
  readonly messagesPerSecond: number;
  /** Share of the time that the server's busiest thread ran, 0..1. */
  readonly serverBusy: number;
  /** Share of the time that this thread was ready to run and waited for its CPU, 0..1. */
  readonly serverWaited: number;
  /** CPU time of all processes of the server, in cores. */
  readonly serverCores: number;
  /** CPU time of all processes of the server for one message, in nanoseconds. */
  readonly serverNsPerMessage: number;
  /** Share of the time that the busiest load process ran, 0..1. */
  readonly generatorBusy: number;
  /** CPU time of all load processes, in cores. */
  readonly generatorCores: number;
  /** Time in which the CPUs of server and load were idle, in cores. */
  readonly idleCores: number;
}

/** If a server waits longer than this share for its CPU, another program uses that CPU. */
const DISTURBED_SHARE = 0.05;

/**
 * Adds up the counts of several load processes, whose windows nearly coincide. The first process
 * watched the server.
 */
export function combineLoads(version: string, results: readonly LoadResult[]): LoadNumbers {
  const [first] = results;
  if (first === undefined) throw new Error('no load process sent a report');
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
 * Decides whether a pass counts. The numbers describe the server only if the server was the part
 * that limited the pass.
 * @param minBusy share of the time that the server's busiest thread must have run, 0..1
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
