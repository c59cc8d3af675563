// Our server in `bench bus`, with any number of reactors on any machine.
import { createServer, type Server } from '@hioload/reactor';
import { entryFile } from '../../core/paths.js';
import { serveParent } from '../../servers/serve-parent.js';
import { enlargedMachine } from '../enlarged-machine.js';
import { SILENT_LOG } from '../silent-log.js';

/** Runs our server with the requested number of reactors, also on a machine with fewer CPUs. */

const START_TIMEOUT_MS = 20_000;
const DRAIN_DEADLINE_MS = 1_000;

const reactors = Number(process.argv[2]);

let server: Server | undefined;

serveParent(
  async ({ host }) => {
    const { topology, pin } = await enlargedMachine(reactors);
    const options = {
      module: entryFile('bus/fan-out-app'),
      host,
      port: 0,
      admin: { host, port: 0 },
      reactors,
      group: 'core',
      pin,
      transport: 'auto',
      limits: {},
      drain: { spreadMs: 0, deadlineMs: DRAIN_DEADLINE_MS },
      startTimeoutMs: START_TIMEOUT_MS,
    } as const;
    server = createServer({ ...options, log: SILENT_LOG, topology });
    const { port } = await server.start();
    return { port, version: `hioload with ${reactors} reactors` };
  },
  async () => {
    await server?.drain('the bench is over');
  },
);
