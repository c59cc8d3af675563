// Lets two threads meet at one point.
import { BARRIER } from './outcomes.js';

/** Has two threads meet: both come back when both have come. @param meeting counts from 0 */
export function meet(words: Int32Array, meeting: number): void {
  const both = 2 * (meeting + 1);
  if (Atomics.add(words, BARRIER, 1) + 1 === both) Atomics.notify(words, BARRIER);
  // Spins for a while, so that the threads start within a few nanoseconds of each other; then lets
  // others run.
  for (let spin = 0; Atomics.load(words, BARRIER) < both; spin++) {
    if (spin > 2_000) Atomics.wait(words, BARRIER, both - 1, 1);
  }
}
