// A reactor's memory: a slab, a piece of heap, and the lanes to it, each marked so that it can be found.
import { RingMesh, Slab } from '@hioload/pool';
import { readFileSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { markSlab } from './pages.mjs';

const { slab, mesh, reactor, marks } = workerData;
const owner = Slab.create(slab).owner();
markSlab(owner, marks.slab);

// Doubles lie side by side in the heap, as they are.
const doubles = new Float64Array(marks.heap.buffer, marks.heap.byteOffset, 4);
const heap = Array.from({ length: 4_000_000 }, () => 0.5);
for (const [i, double] of doubles.entries()) heap[i] = double;

RingMesh.attach(mesh).openInbox(reactor);
const lane = RingMesh.attach(mesh).lane(1 - reactor, reactor);
lane.producer().bytes.set(marks.inbox, 0);

const [, cpus] = /^Cpus_allowed_list:\s*(.*)$/m.exec(readFileSync('/proc/thread-self/status', 'utf8')) ?? [];
parentPort?.postMessage({ cpus });
// Until then the memory is in use, and nobody collects it.
parentPort?.once('message', () => void [heap.fill(0), owner.stats()]);
