// A thread that owns a ring, for tests of its end: it takes connections until it is terminated.
import { parentPort, workerData } from 'node:worker_threads';
import { openLibc } from '../../src/index.js';
import { acceptMany, BufferRing, receiveMany, Ring, RingLedger } from '../../src/internal.js';
import { listenOnLoopback } from './loopback.js';

/** What a test gives the thread. */
export interface OwnerData {
  readonly memory: SharedArrayBuffer;
  /** Whether the thread leaves its connections in the queue. */
  readonly unseen: boolean;
}

const ACCEPT = 1;
const { memory, unseen } = workerData as OwnerData;
const supervisor = parentPort!;
const door = openLibc();
if (!door.ok) throw new Error(door.reason);
const { libc } = door;
const ledger = new RingLedger(memory);
const ring = new Ring(libc, { entries: 256, completions: 1_024 });
ring.noteIn(ledger, ACCEPT);
const buffers = new BufferRing(libc, ring, { group: 0, buffers: 1_024, bufferBytes: 4_096 });
buffers.noteIn(ledger);
// Touched memory is memory that a death would keep.
buffers.bytes.fill(1);
const listener = listenOnLoopback(libc);
ledger.opened(listener.fd);
acceptMany(ring, listener.fd, ACCEPT, 0);
ring.submit();
supervisor.postMessage(listener.port);

const sink = {
  completed(low: number, _high: number, result: number): void {
    if (low !== ACCEPT) return;
    ledger.opened(result);
    receiveMany(ring, result, 0, 2, result);
  },
};
supervisor.on('message', () => {
  ring.submit();
  // Connections that come now are accepted by the kernel and seen by nobody.
  if (!unseen) ring.reap(sink, 1_024);
  ring.submit();
  supervisor.postMessage('took');
});
