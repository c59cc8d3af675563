// A reactor's memory: a slab, the lanes to it, and a piece of heap that is marked so that it can be
// found.
import { RingMesh, Slab } from '@hioload/pool';
import { parentPort, workerData } from 'node:worker_threads';
import { cpusOf } from './judge.mjs';
import { markedHeap } from './pages.mjs';

const { classes, mesh, reactor, mark } = workerData;
const slab = Slab.createFresh(classes);
const heap = markedHeap(mark);
RingMesh.attach(mesh).openInbox(reactor);

parentPort?.postMessage({ cpus: cpusOf('self'), slab: slab.region });
// Until then the memory is in use, and nobody collects it.
parentPort?.once('message', () => void heap.fill(0));
