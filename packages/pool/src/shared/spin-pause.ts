/**
 * About a tenth of a microsecond: longer than a line takes from one core to another, far shorter
 * than a wake-up.
 */
const ROUNDS = 100;

// Kept, so that no compiler finds the rounds useless.
let spent = 0;

/**
 * Passes a moment between two looks of a reader that spins, so that the writer can go on. Each look
 * takes the line of TAIL away from the writer, who has to fetch it back to publish: with a pause
 * after each look that found little, records that are published one by one pass more than twice as
 * fast, and wait a tenth of a microsecond more.
 */
export function spinPause(): void {
  let rounds = spent;
  for (let i = 0; i < ROUNDS; i++) rounds = (rounds * 31 + i) | 0;
  spent = rounds;
}
