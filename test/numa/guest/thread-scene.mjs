// The package by itself: threads that are born pinned, and what they allocate.
import { NumaPools, RingMesh } from '@hioload/pool';
import { TasksetAffinity } from '@hioload/reactor';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { judge, judgeCpus, judgePages } from './judge.mjs';
import { newMark, pagesOfHeap, pagesOfInbox, pagesOfSlab } from './pages.mjs';

/** 16 MiB; one page more or less does not matter then. */
const SLAB_BYTES = 2 ** 24;
const CLASSES = [{ blockBytes: 65_520, blocks: SLAB_BYTES / 65_536 }];
const LANES = { reactors: 2, laneCapacityBytes: 2 ** 24 };
const affinity = new TasksetAffinity();

export async function judgeThreads() {
  // First, while no other slab lies in the same mapping: the kernel counts by mapping.
  await judgeControls();
  // Both orders, and both on one node: a scheduler that happens to spread the threads as wanted is
  // right in one order only.
  for (const nodes of [
    [0, 1],
    [1, 0],
    [1, 1],
  ]) {
    const mesh = RingMesh.create(LANES);
    for (const [reactor, node] of nodes.entries()) {
      await judgeThread(`thread ${reactor} of ${nodes.join(' and ')}`, node, mesh, reactor);
    }
  }
}

/** @param {string} name @param {number} node @param {RingMesh} mesh @param {number} reactor */
async function judgeThread(name, node, mesh, reactor) {
  const mark = newMark();
  pin([node]);
  const worker = new Worker(new URL('thread.mjs', import.meta.url), {
    workerData: { classes: CLASSES, mesh: mesh.region, reactor, mark },
  });
  pin([0, 1]);
  const [{ cpus, slab }] = await once(worker, 'message');
  judgeCpus(`${name}: CPUs`, node, cpus);
  judgePages(`${name}: slab`, node, await pagesOfSlab(slab, SLAB_BYTES));
  judgePages(`${name}: heap`, node, pagesOfHeap(mark));
  judgePages(`${name}: lanes`, node, await pagesOfInbox(mesh, reactor));
  const ended = once(worker, 'exit');
  worker.postMessage('end');
  await ended;
}

/**
 * A pool that is made on the other node's CPU lies there, the report says so, and who asks for the
 * check is refused.
 */
async function judgeControls() {
  pin([0]);
  const home = { cpus: [1], node: 1 };
  const slabs = new NumaPools({ classes: CLASSES });
  const { region } = slabs.create(home);
  judgePages(
    'control: a slab for node 1, made on node 0',
    0,
    await pagesOfSlab(region, SLAB_BYTES),
  );
  const memory = (await slabs.report())[0]?.memory;
  const onItsNode = memory?.known === true ? (memory.bytesByNode[home.node] ?? 0) : SLAB_BYTES;
  judge('control: its report', 0, JSON.stringify(memory), onItsNode < SLAB_BYTES / 100);
  try {
    new NumaPools({ classes: CLASSES, affinity }).create(home);
    judge('control: refused', 0, 'it was not', false);
  } catch (error) {
    const { code } = /** @type {{ code?: string }} */ (error);
    judge('control: refused', 0, String(code), code === 'HIOLOAD_AFFINITY_FAILED');
  }
  pin([0, 1]);
}

/** @param {number[]} cpus of this thread, and of those that it starts */
function pin(cpus) {
  affinity.pin(affinity.currentThreadId(), cpus);
}
