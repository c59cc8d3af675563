// The application of the servers under test: an echo, with a piece of heap and lanes of its own on every reactor.
import { RingMesh } from '@hioload/pool';
import { defineApp } from '@hioload/reactor';
import { getEnvironmentData } from 'node:worker_threads';
import { markedHeap } from './pages.mjs';

/** @type {number[] | undefined} */
let heap;

export default defineApp({
  start({ reactor }) {
    const { mesh, marks } = /** @type {{ mesh: any, marks: any[] }} */ (getEnvironmentData('under test'));
    heap = markedHeap(marks[reactor]);
    RingMesh.attach(mesh).openInbox(reactor);
  },
  message(conn, message) {
    conn.send(message);
  },
  stop() {
    heap?.fill(0);
  },
});
