import { percent } from '../core/format.js';
import type { ChildCommand } from '../core/pinned-child.js';
import type { PassOutcome } from '../core/rounds.js';
import { combineLoads, type LoadNumbers } from '../load/load-numbers.js';
import type { DialectName } from '../load/dialect.js';
import { runLoad } from '../load/run-load.js';
import { withServer } from '../servers/with-server.js';
import type { BusSettings } from './settings.js';

/**
 * Starts a server, publishes through it, ends it.
 *
 * Whoever serves, the load runs on as many threads as there are CPUs, so that it can be where the server leaves room, and the
 * kernel places all of them: bound to a CPU of its own, the load alone would set the pace of a server with one loop, at 1.3 to 1.4
 * times the CPU time a delivery, for then every packet crosses from one CPU to the other.
 * @throws Error where the server cannot be started, or loses, alters, repeats or reorders a message to any subscriber
 */
export async function measureFanOut(
  name: string,
  command: ChildCommand,
  dialect: DialectName,
  settings: BusSettings,
): Promise<PassOutcome<LoadNumbers>> {
  const { cpus, subscribers, payloadBytes, inFlight, warmupSeconds, seconds } = settings;
  return withServer(name, cpus, command, async (server) => {
    const { host, port } = server;
    const load = { host, port, dialect, query: '', subscribers, payloadBytes, inFlight, threads: cpus.length };
    const results = await runLoad(server, {
      loads: [{ cpus, plan: { kind: 'fan-out', ...load } }],
      warmupMs: warmupSeconds * 1000,
      measureMs: seconds * 1000,
    });
    return judgeFanOut(combineLoads(server.version, results), cpus.length, settings.minBusyPercent / 100);
  });
}

/**
 * Decides whether a pass counts: server and load must have used up what they have together, for either may wait for the other.
 * @param minBusy share of the CPUs that they must have used, 0..1
 */
export function judgeFanOut(numbers: LoadNumbers, cpus: number, minBusy: number): PassOutcome<LoadNumbers> {
  const { messagesPerSecond, serverCores, generatorCores, idleCores } = numbers;
  if (messagesPerSecond === 0) return { numbers, voidReason: 'no message was delivered in the window' };
  const busy = (serverCores + generatorCores) / cpus;
  if (busy >= minBusy) return { numbers, voidReason: null };
  const used = `server and load used ${percent(busy, 1)} of their CPUs, the bar is ${percent(minBusy, 1)}`;
  return { numbers, voidReason: `${used}; ${percent(idleCores / cpus, 1)} were idle, the rest went to something else` };
}
