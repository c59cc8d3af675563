// The application of the servers under test: an echo, with a marked piece of heap on every reactor.
import { defineApp } from '@hioload/reactor';
import { markedHeap, newMark } from './pages.mjs';

const mark = newMark();
/** @type {number[] | undefined} */
let heap;

export default defineApp({
  start({ reactor }) {
    heap = markedHeap(mark);
    const marks = new BroadcastChannel('marks');
    marks.postMessage({ reactor, mark });
    marks.close();
  },
  message(conn, message) {
    conn.send(message);
  },
  stop() {
    heap?.fill(0);
  },
});
