// The real supervisor with a reactor on each node: where each thread, its heap, its slab and its
// lanes lie.
import { RingMesh, Slab } from '@hioload/pool';
import { createServer, detectTopology } from '@hioload/reactor';
import { once } from 'node:events';
import { get } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { fileURLToPath } from 'node:url';
import threads from 'node:worker_threads';
import { cpusOf, judge, judgeCpus, judgePages } from './judge.mjs';
import { pagesOfHeap, pagesOfInbox, pagesOfSlab } from './pages.mjs';

const OPTIONS = /** @type {const} */ ({
  module: fileURLToPath(new URL('app.mjs', import.meta.url)),
  host: '127.0.0.1',
  admin: { host: '127.0.0.1', port: 0 },
  group: 'core',
  pin: 'on',
  transport: 'auto',
  limits: {},
  drain: { spreadMs: 0, deadlineMs: 5_000 },
  startTimeoutMs: 120_000,
  heapMb: 128,
});

export async function judgeServers() {
  const topology = await detectTopology();
  await judgeServer('reactor', topology, 9_001, (node) => node);
  // Negative control: a supervisor that takes each CPU to be on the other node does as it is told,
  // and everything comes out the other way round.
  const swapped = {
    ...topology,
    cpus: topology.cpus.map((cpu) => ({ ...cpu, node: 1 - cpu.node })),
  };
  await judgeServer('control: misled reactor', swapped, 9_002, (node) => 1 - node);
}

/**
 * @param {string} name @param {import('@hioload/api').Topology} topology @param {number} port
 * @param {(node: number) => number} nodeFor where what is planned for a node has to come out
 */
async function judgeServer(name, topology, port, nodeFor) {
  const reactors = listenToThreads();
  /** @type {string[]} */
  const lines = [];
  const note = (/** @type {string} */ line) => void lines.push(line);
  const log = { debug: note, info: note, warn: note, error: note };
  const server = createServer({ ...OPTIONS, port, log, topology });
  const { adminUrl } = await server.start();
  reactors.stop();

  for (const { reactor, node } of await placesOf(adminUrl)) {
    const where = nodeFor(node);
    const { threadId, slab, mark, mesh, row } = reactors.of(reactor);
    judgeCpus(`${name} ${reactor}: CPUs`, where, cpusOf(threadId));
    judgePages(`${name} ${reactor}: heap`, where, pagesOfHeap(mark));
    judgePages(
      `${name} ${reactor}: slab`,
      where,
      await pagesOfSlab(slab, Slab.attach(slab).guest().bytes.length),
    );
    judgePages(`${name} ${reactor}: lanes`, where, await pagesOfInbox(RingMesh.attach(mesh), row));
    // The kernel counts by mapping, and neighbouring slabs lie in one: whether they have changed
    // places it does not tell.
    if (where === node)
      judgeLine(`${name} ${reactor}: what the supervisor says of its slab`, node, reactor, lines);
  }
  judge(`${name}s serve`, 0, `port ${port}`, await answers(port));
  await server.drain('the scene is over');
}

/**
 * All that each reactor was started with and tells the supervisor until it serves, and what its
 * application adds, in one object. The framework keeps its channels to itself, so this listens
 * where the supervisor makes them.
 */
function listenToThreads() {
  const { MessageChannel, Worker } = threads;
  /** @type {any[]} */
  const told = [];
  /** @type {import('node:worker_threads').MessagePort[]} */
  const ports = [];
  const about = (/** @type {number} */ reactor) => (told[reactor] ??= {});
  patch({
    // @ts-expect-error -- it stands in for a class
    MessageChannel: function () {
      const channel = new MessageChannel();
      ports.push(channel.port1);
      return channel;
    },
    Worker: class extends Worker {
      /** @param {any} file @param {any} options */
      constructor(file, options) {
        super(file, options);
        const { index, bus } = options.workerData.seed;
        Object.assign(about(index), { row: bus.row, mesh: bus.regions.mesh });
        // The channel of a thread is the one that was made last.
        ports.at(-1)?.on('message', (message) => void Object.assign(about(index), message));
      }
    },
  });
  const marks = new BroadcastChannel('marks');
  marks.addEventListener('message', (/** @type {any} */ { data }) => {
    Object.assign(about(data.reactor), data);
  });
  return {
    of: (/** @type {number} */ reactor) => told[reactor],
    stop: () => {
      marks.close();
      patch({ MessageChannel, Worker });
    },
  };
}

/** @param {Partial<typeof threads>} names */
function patch(names) {
  Object.assign(threads, names);
  syncBuiltinESMExports();
}

/** @param {string | null} adminUrl @returns {Promise<{ reactor: number, node: number }[]>} */
async function placesOf(adminUrl) {
  const stats = /** @type {any} */ (await (await fetch(`${adminUrl}/stats.json`)).json());
  return stats.reactors;
}

/** @param {string} what @param {number} node @param {number} reactor @param {string[]} lines */
function judgeLine(what, node, reactor, lines) {
  const line =
    lines.find((text) => text.startsWith(`memory: reactor ${reactor}: slab`)) ?? 'nothing';
  judge(what, node, line, line.includes(` MiB on node ${node}, `));
}

/** Whether a handshake succeeds. @param {number} port */
async function answers(port) {
  const headers = {
    Connection: 'Upgrade',
    Upgrade: 'websocket',
    'Sec-WebSocket-Version': '13',
    'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ==',
  };
  const [response, socket] = await once(get({ host: '127.0.0.1', port, headers }), 'upgrade');
  socket.destroy();
  return response.statusCode === 101;
}
