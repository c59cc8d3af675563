// Measures one pass of the echo benchmark.
import { evenShares } from '../core/even-shares.js';
import type { ChildCommand } from '../core/pinned-child.js';
import type { PassOutcome } from '../core/rounds.js';
import { combineLoads, judgeServerBusy, type LoadNumbers } from '../load/load-numbers.js';
import { runLoad } from '../load/run-load.js';
import { withServer } from '../servers/with-server.js';
import type { EchoWork } from './echo-work.js';
import type { EchoSettings } from './settings.js';

/**
 * Starts a server, loads it, and ends it.
 * @throws Error if the server cannot be started, or loses, changes or reorders messages
 */
export async function measureEcho(
  name: string,
  command: ChildCommand,
  work: EchoWork,
  settings: EchoSettings,
): Promise<PassOutcome<LoadNumbers>> {
  const { connections, loadCpus, serverCpu, warmupSeconds, seconds } = settings;
  return withServer(name, [serverCpu], command, async (server) => {
    let firstConnection = 0;
    const shares = evenShares(connections, loadCpus.length);
    const loads = loadCpus.map((cpu, index) => {
      const share = shares[index]!;
      const { host, port } = server;
      const plan = {
        kind: 'echo',
        host,
        port,
        path: '/',
        ...work,
        connections: share,
        firstConnection,
      } as const;
      firstConnection += share;
      return { cpus: [cpu], plan };
    });
    const results = await runLoad(server, {
      loads,
      warmupMs: warmupSeconds * 1000,
      measureMs: seconds * 1000,
    });
    return judgeServerBusy(combineLoads(server.version, results), settings.minBusyPercent / 100);
  });
}
