/* The words of doorbells in shared memory. */
import { LINE_BYTES, LINE_WORDS } from '../shared/cache-line.js';
import { FIRST_PARAMETER } from '../shared/region.js';

/*
 * Behind the descriptor lies one word for each sleeper, on a line of its own: AWAKE or ASLEEP.
 *
 * A wake-up is never lost. The sleeper stores ASLEEP, and then looks for work a last time. The
 * ringer publishes its work, and then looks at the word. Both stores and both looks are
 * sequentially consistent, so at least one of the two threads sees the store of the other: the
 * sleeper finds the work, or the ringer finds the sleeper asleep.
 */
export const AWAKE = 0;
export const ASLEEP = 1;
export const SLEEPERS = FIRST_PARAMETER;

/** The word of a sleeper. */
export function bellOf(sleeper: number): number {
  return (1 + sleeper) * LINE_WORDS;
}

export function bellBytes(sleepers: number): number {
  return (1 + sleepers) * LINE_BYTES;
}
