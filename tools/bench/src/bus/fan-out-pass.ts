// Measures one pass of the fan-out benchmark, and decides whether it counts.
import { percent } from '../core/format.js';
import type { ChildCommand } from '../core/pinned-child.js';
import type { PassOutcome } from '../core/rounds.js';
import { combineLoads, type LoadNumbers } from '../load/load-numbers.js';
import type { DialectName } from '../load/dialect.js';
import { runLoad } from '../load/run-load.js';
import { withServer } from '../servers/with-server.js';
import type { BusSettings } from './settings.js';

/**
 * Starts a server, publishes through it, and ends it. For every server the load runs on as many
 * threads as there are CPUs, and the kernel places all threads. For a server with one loop the
 * result is the same as with a CPU for each side: uWebSockets.js makes 2.0 to 2.1 million
 * deliveries a second both ways. For a server with two loops one load thread is not enough. It
 * would slow down the loop on its CPU while a quarter of all CPU time is idle: our two reactors
 * make 1.6 million deliveries with one load thread, and 2.2 to 2.4 million with two.
 * @throws Error if the server cannot be started, or loses, changes, repeats or reorders a message
 * to any subscriber
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
    const load = {
      host,
      port,
      dialect,
      query: '',
      subscribers,
      payloadBytes,
      inFlight,
      threads: cpus.length,
    };
    const results = await runLoad(server, {
      loads: [{ cpus, plan: { kind: 'fan-out', ...load } }],
      warmupMs: warmupSeconds * 1000,
      measureMs: seconds * 1000,
    });
    return judgeFanOut(
      combineLoads(server.version, results),
      cpus.length,
      settings.maxOthersPercent / 100,
    );
  });
}

/**
 * Decides whether a pass counts: server and load must have used the CPUs, or left them idle. Idle
 * time is allowed, because one loop does not fill two CPUs.
 * @param cpus how many CPUs server and load share
 * @param maxOthers the share of them that other programs may have used, 0..1
 */
export function judgeFanOut(
  numbers: LoadNumbers,
  cpus: number,
  maxOthers: number,
): PassOutcome<LoadNumbers> {
  const { messagesPerSecond, serverCores, generatorCores, idleCores } = numbers;
  if (messagesPerSecond === 0)
    return { numbers, voidReason: 'no message was delivered in the window' };
  const others = (cpus - serverCores - generatorCores - idleCores) / cpus;
  if (others <= maxOthers) return { numbers, voidReason: null };
  return {
    numbers,
    voidReason:
      `something else had ${percent(others, 1)} of the CPUs, the bar is ` + percent(maxOthers, 1),
  };
}
