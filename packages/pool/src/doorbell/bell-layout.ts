import { LINE_BYTES, LINE_WORDS } from '../shared/cache-line.js';
import { FIRST_PARAMETER } from '../shared/region.js';

/*
 * One word per sleeper, each on a line of its own behind the descriptor: AWAKE or ASLEEP.
 *
 * A wake is never lost. The sleeper stores ASLEEP, and then looks for work a last time; the ringer
 * publishes its work, and then looks at the word. Both stores and both looks are sequentially
 * consistent, so at least one of the two sees what the other has stored: the sleeper finds the
 * work, or the ringer finds it asleep.
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
