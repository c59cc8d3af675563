// Runs inside the emulated machine with two nodes, CPU 0 on node 0 and CPU 1 on node 1. Starts threads that are born pinned,
// as the supervisor does, and finds out on which node their memory lies. Prints one line of JSON per judgement.
import { RingMesh, Slab } from '@hioload/pool';
import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import { Worker } from 'node:worker_threads';
import { markSlab, newMark, pagesByNode } from './pages.mjs';

/** Large enough that the allocator maps it anew, and that one page more or less does not matter. */
const SLAB = [{ blockBytes: 65_520, blocks: 640 }];
const MESH = { reactors: 2, laneCapacityBytes: 2 ** 25 };

/** @param {string} cpus */
function pinSelf(cpus) {
  const thread = basename(readlinkSync('/proc/thread-self'));
  const { status } = spawnSync('taskset', ['-pc', cpus, thread], { stdio: 'ignore' });
  if (status !== 0) throw new Error(`taskset -pc ${cpus} ${thread} ended with ${String(status)}`);
}

/** @param {number} node @param {object} data */
async function startThread(node, data) {
  pinSelf(String(node));
  const worker = new Worker(new URL('thread.mjs', import.meta.url), { workerData: data });
  pinSelf('0-1');
  const [report] = await once(worker, 'message');
  return { worker, report };
}

/** @param {string} what @param {number} node @param {Uint8Array} mark */
function judge(what, node, mark) {
  const pages = pagesByNode(mark);
  const all = pages.reduce((sum, count) => sum + count, 0);
  console.log(`HIOLOAD ${JSON.stringify({ what, node, pages, share: all === 0 ? 0 : (pages[node] ?? 0) / all })}`);
}

// Both orders, and both on one node: a scheduler that happens to spread the threads as wanted is right in one order only.
for (const nodes of [
  [0, 1],
  [1, 0],
  [1, 1],
]) {
  const mesh = RingMesh.create(MESH);
  for (const [reactor, node] of nodes.entries()) {
    const marks = { slab: newMark(), heap: newMark(), inbox: newMark() };
    const { worker, report } = await startThread(node, { slab: SLAB, mesh: mesh.region, reactor, marks });
    const name = `reactor ${reactor} of ${nodes.join(' and ')}`;
    console.log(
      `HIOLOAD ${JSON.stringify({ what: `${name}: CPUs`, node, cpus: report.cpus, share: report.cpus === String(node) ? 1 : 0 })}`,
    );
    judge(`${name}: slab`, node, marks.slab);
    judge(`${name}: heap`, node, marks.heap);
    judge(`${name}: lanes`, node, marks.inbox);
    const ended = once(worker, 'exit');
    worker.postMessage('end');
    await ended;
  }
}

// Negative control: the memory of a slab that is made on the other node's CPU lies there.
pinSelf('0');
const mark = newMark();
const owner = Slab.create(SLAB).owner();
markSlab(owner, mark);
const borrower = await startThread(1, {
  slab: SLAB,
  mesh: RingMesh.create(MESH).region,
  reactor: 0,
  marks: { slab: newMark(), heap: newMark(), inbox: newMark() },
});
judge('control: a slab for the thread on node 1, made on node 0', 0, mark);
borrower.worker.postMessage(owner.stats().length);
