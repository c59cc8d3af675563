import type { Logger, Topology } from '@hioload/api';
import { createServer, detectTopology, type Server } from '@hioload/reactor';
import { entryFile } from '../../core/paths.js';
import { serveParent } from '../../servers/serve.js';

/**
 * Our server with as many reactors as it is told, also on a machine with fewer CPUs: it takes the machine for a larger one,
 * and no reactor is pinned.
 */

const START_TIMEOUT_MS = 20_000;
const DRAIN_DEADLINE_MS = 1_000;

const reactors = Number(process.argv[2]);
const silent = (): void => {};
const log: Logger = { debug: silent, info: silent, warn: silent, error: silent };

let server: Server | undefined;

serveParent(
  async ({ host }) => {
    const options = {
      module: entryFile('bus/fan-out-app'),
      host,
      port: 0,
      admin: { host, port: 0 },
      reactors,
      group: 'core',
      pin: 'off',
      transport: 'auto',
      limits: {},
      drain: { spreadMs: 0, deadlineMs: DRAIN_DEADLINE_MS },
      startTimeoutMs: START_TIMEOUT_MS,
    } as const;
    server = createServer(options, { log, topology: withCpus(await detectTopology(), reactors) });
    const { port } = await server.start();
    return { port, version: `hioload with ${reactors} reactors` };
  },
  async () => {
    await server?.drain('the bench is over');
  },
);

/** The machine, with as many CPUs of its first kind beside as are missing. */
function withCpus(topology: Topology, count: number): Topology {
  const { cpus, allowedCpus } = topology;
  const next = Math.max(...cpus.map(({ id }) => id)) + 1;
  const missing = Array.from({ length: Math.max(count - allowedCpus.length, 0) }, (_, index) => next + index);
  return {
    ...topology,
    cpus: [...cpus, ...missing.map((id) => ({ ...cpus[0]!, id, core: id }))],
    allowedCpus: [...allowedCpus, ...missing],
  };
}
