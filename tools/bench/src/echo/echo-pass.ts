import { DEFAULT_LIMITS } from '@hioload/api';
import { type ChildCommand, nodeCommand, PinnedChild } from '../core/pinned-child.js';
import type { PassOutcome } from '../core/rounds.js';
import type { LoadCommand, LoadReport } from '../load/load-messages.js';
import type { ServeCommand, ServeReport } from './server-messages.js';
import type { EchoSettings } from './settings.js';

/** What one pass measured. */
export interface EchoNumbers {
  /** What served, with its version. */
  readonly version: string;
  readonly messagesPerSecond: number;
  /** Share of the time that the server's busiest thread ran, 0..1. */
  readonly serverBusy: number;
  /** Share of the time that this thread wanted to run and had to wait for its CPU, 0..1. */
  readonly serverWaited: number;
  /** CPU time of the whole server process for one message, in nanoseconds. */
  readonly serverNsPerMessage: number;
  /** Share of the time that the busiest load process ran, 0..1. */
  readonly generatorBusy: number;
}

type LoadProcess = PinnedChild<LoadCommand, LoadReport>;
type LoadResult = LoadReport & { kind: 'result' };

const HOST = '127.0.0.1';
const START_DEADLINE_MS = 30_000;
/** What a load process needs beyond its measuring: to connect, and to settle. */
const LOAD_DEADLINE_MS = 40_000;
/** Connections may break before the process whose crash broke them has ended. */
const CRASH_GRACE_MS = 500;
/** A server that waits longer than this share for its CPU shares it with something else. */
const DISTURBED_SHARE = 0.05;

/**
 * Starts a server, loads it, ends it: each pass has processes of its own, so none profits from luck or warmth of another.
 * @throws Error where the server cannot be started, or loses, alters or reorders messages
 */
export async function measureEcho(
  name: string,
  command: ChildCommand,
  inFlight: number,
  settings: EchoSettings,
): Promise<PassOutcome<EchoNumbers>> {
  const server = PinnedChild.start<ServeCommand, ServeReport>(name, [settings.serverCpu], command);
  const loads: LoadProcess[] = [];
  try {
    server.send({
      host: HOST,
      maxPayloadBytes: DEFAULT_LIMITS.maxPayloadBytes,
      maxBufferedBytes: DEFAULT_LIMITS.maxBufferedBytes,
      idleTimeoutSeconds: DEFAULT_LIMITS.idleTimeoutSeconds,
    });
    const serving = await server.receive(START_DEADLINE_MS);
    for (const cpu of settings.loadCpus) {
      loads.push(PinnedChild.start(`load on CPU ${cpu}`, [cpu], nodeCommand('load/load-process')));
    }
    const results = await runLoad(loads, serving, inFlight, settings).catch(async (error: Error) => {
      const end = await server.endWithin(CRASH_GRACE_MS);
      throw new Error(`${name}: ${error.message}${end === null ? '' : `; ${end}`}`);
    });
    return judgePass(combine(serving.version, results), settings.minBusyPercent / 100);
  } finally {
    await Promise.all(loads.map((load) => load.stop()));
    await server.stop();
  }
}

async function runLoad(
  loads: readonly LoadProcess[],
  serving: ServeReport,
  inFlight: number,
  settings: EchoSettings,
): Promise<LoadResult[]> {
  const { connections, payloadBytes, seconds, warmupSeconds } = settings;
  const answers = async (timeMs: number): Promise<LoadReport[]> => {
    const reports = await Promise.all(loads.map((load) => load.receive(LOAD_DEADLINE_MS + timeMs)));
    const fault = reports.find((report) => report.kind === 'fault');
    if (fault !== undefined) throw new Error(`the echo is not what was sent: ${fault.message}`);
    return reports;
  };

  let firstConnection = 0;
  loads.forEach((load, index) => {
    // Shares that differ by one at most and add up to all connections.
    const share = Math.floor((connections + index) / loads.length);
    const target = { host: HOST, port: serving.port, payloadBytes, inFlight };
    load.send({ kind: 'connect', options: { ...target, connections: share, firstConnection } });
    firstConnection += share;
  });
  await answers(0);

  const warmupMs = warmupSeconds * 1000;
  const measureMs = seconds * 1000;
  for (const load of loads) load.send({ kind: 'go', serverPid: serving.pid, warmupMs, measureMs });
  return (await answers(warmupMs + measureMs)).filter((report) => report.kind === 'result');
}

/** Adds up what several load processes counted in windows that nearly coincide; the first of them watched the server. */
function combine(version: string, results: readonly LoadResult[]): EchoNumbers {
  const [first] = results;
  if (first === undefined) throw new Error('no load process reported');
  const messagesPerSecond = results.reduce((sum, { messages, seconds }) => sum + messages / seconds, 0);
  return {
    version,
    messagesPerSecond,
    serverBusy: first.server.busiestShare,
    serverWaited: first.server.waitedShare,
    serverNsPerMessage: first.server.cpuNs / first.seconds / messagesPerSecond,
    generatorBusy: Math.max(...results.map(({ generator }) => generator.busiestShare)),
  };
}

/**
 * Decides whether a pass counts: a number says something about the server only where the server was what limited it.
 * @param minBusy share of the time that its busiest thread must have run, 0..1
 */
export function judgePass(numbers: EchoNumbers, minBusy: number): PassOutcome<EchoNumbers> {
  if (numbers.messagesPerSecond === 0) return { numbers, voidReason: 'no message came back in the window' };
  if (numbers.serverBusy >= minBusy) return { numbers, voidReason: null };
  const busy = `the server was busy ${percent(numbers.serverBusy)} of the time, the bar is ${percent(minBusy)}`;
  const cause =
    numbers.serverWaited > DISTURBED_SHARE
      ? `it waited ${percent(numbers.serverWaited)} for its CPU: something else runs there`
      : `the load was busy ${percent(numbers.generatorBusy)}`;
  return { numbers, voidReason: `${busy}; ${cause}` };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
