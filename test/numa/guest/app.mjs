// The application of the servers under test: an echo, with a marked piece of heap on every reactor.
import { defineApp } from '@hioload/reactor';
import { parentPort, workerData } from 'node:worker_threads';
import { markedHeap, newMark } from './pages.mjs';

const mark = newMark();
/** @type {number[] | undefined} */
let heap;

export default defineApp({
  start() {
    heap = markedHeap(mark);
    const { row, regions } = workerData.seed.bus;
    // The supervisor passes over what it does not know; the scene listens, too.
    parentPort?.postMessage({ type: 'under test', mark, row, mesh: regions.mesh });
  },
  message(conn, message) {
    conn.send(message);
  },
  stop() {
    heap?.fill(0);
  },
});
