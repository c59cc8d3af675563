// Starts several processes of a rival that share a port through `node:cluster`.
import cluster from 'node:cluster';
import { once } from 'node:events';
import { serveParent } from '../../servers/serve-parent.js';
import type { ServeCommand } from '../../servers/server-messages.js';

/** The number of worker processes of a server: the machine of the bench has as many cores. */
const WORKERS = 2;

/** The environment variable with the command for a worker. */
const COMMAND_VARIABLE = 'BENCH_CLUSTER_COMMAND';

/** A server of several processes that share a port through `node:cluster`. */
export interface ClusterServer {
  readonly version: string;
  /** Prepares the primary, before the first worker starts. */
  primary(): void;
  /** Listens on a port that all workers share. */
  worker(command: ServeCommand): void;
}

/** Runs such a server. This process is the primary or one of its workers. */
export function serveCluster({ version, primary, worker }: ClusterServer): void {
  if (!cluster.isPrimary) {
    // A worker ends when the channel to the primary closes. The primary handles interrupts.
    process.on('SIGINT', () => {});
    worker(JSON.parse(process.env[COMMAND_VARIABLE]!) as ServeCommand);
    return;
  }
  serveParent(async (command) => {
    primary();
    const workers = Array.from({ length: WORKERS }, () =>
      cluster.fork({ [COMMAND_VARIABLE]: JSON.stringify(command) }),
    );
    cluster.on('exit', (gone, code) => {
      process.stderr.write(`worker ${gone.id} ended with exit code ${code}\n`);
      process.exit(1);
    });
    const addresses = await Promise.all(
      workers.map(async (each) => (await once(each, 'listening')) as [{ readonly port: number }]),
    );
    const pids = [process.pid, ...workers.map(({ process: { pid } }) => pid!)];
    return { port: addresses[0]![0].port, pids, version };
  });
}
