/* Places that one thread at a time may have, such as the writing end of a ring. */
import { HioloadError } from '@hioload/api';

const FREE = 0;
const TAKEN = 1;

/**
 * Takes a place that one thread at a time may have. Pairs with `leaveRole`: the thread that takes
 * the place sees all that the thread before it wrote.
 * @throws HIOLOAD_ROLE_TAKEN
 */
export function takeRole(words: Int32Array, word: number, role: string): void {
  if (Atomics.compareExchange(words, word, FREE, TAKEN) === FREE) return;
  throw new HioloadError('HIOLOAD_ROLE_TAKEN', `${role}: there is one already, and one is allowed`);
}

/** Frees the place: for its holder, or for a thread that is gone. */
export function leaveRole(words: Int32Array, word: number): void {
  Atomics.store(words, word, FREE);
}
