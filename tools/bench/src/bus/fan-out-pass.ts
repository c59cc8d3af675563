import { percent } from '../core/format.js';
import type { ChildCommand } from '../core/pinned-child.js';
import type { PassOutcome } from '../core/rounds.js';
import { combineLoads, type LoadNumbers } from '../load/load-numbers.js';
import { runLoad } from '../load/run-load.js';
import { withServer } from '../servers/with-server.js';
import type { FanOutKind } from './server-kinds.js';
import type { BusSettings } from './settings.js';

/**
 * Starts a server, publishes through it, ends it.
 * @throws Error where the server cannot be started, or loses, alters, repeats or reorders a message to any subscriber
 */
export async function measureFanOut(
  name: string,
  command: ChildCommand,
  { loops, dialect }: Pick<FanOutKind, 'loops' | 'dialect'>,
  settings: BusSettings,
): Promise<PassOutcome<LoadNumbers>> {
  const { cpus, subscribers, payloadBytes, inFlight, warmupSeconds, seconds } = settings;
  const shared = loops > 1;
  return withServer(name, shared ? cpus : [cpus[0]], command, async (server) => {
    const { host, port } = server;
    const plan = { kind: 'fan-out', host, port, dialect, query: '', subscribers, payloadBytes, inFlight } as const;
    const results = await runLoad(server, {
      loads: [{ cpus: shared ? cpus : [cpus[1]], plan }],
      warmupMs: warmupSeconds * 1000,
      measureMs: seconds * 1000,
    });
    return judgeFanOut(combineLoads(server.version, results), new Set(cpus).size, settings.minBusyPercent / 100);
  });
}

/**
 * Decides whether a pass counts: server and load must have used up what they have together, for either may wait for the other.
 * @param minBusy share of the CPUs that they must have used, 0..1
 */
export function judgeFanOut(numbers: LoadNumbers, cpus: number, minBusy: number): PassOutcome<LoadNumbers> {
  const { messagesPerSecond, serverCores, generatorCores } = numbers;
  if (messagesPerSecond === 0) return { numbers, voidReason: 'no message was delivered in the window' };
  const busy = (serverCores + generatorCores) / cpus;
  if (busy >= minBusy) return { numbers, voidReason: null };
  const used = `server and load used ${percent(busy, 1)} of their CPUs, the bar is ${percent(minBusy, 1)}`;
  return { numbers, voidReason: `${used}: something else runs there, or nobody had anything to do` };
}
