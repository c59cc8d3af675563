/**
 * About a tenth of a microsecond. A line needs less time from one core to another, and a wake-up
 * needs far more.
 */
const ROUNDS = 100;

// The result is kept, so that no compiler removes the rounds as useless.
let spent = 0;

/**
 * Passes a moment between two looks of a reader that spins, so that the writer can go on. Each look
 * takes the line of TAIL away from the writer, and the writer has to fetch the line back to
 * publish. With a pause after each look that found little, records that are published one by one
 * pass more than twice as fast; each record waits a tenth of a microsecond more.
 */
export function spinPause(): void {
  let rounds = spent;
  for (let i = 0; i < ROUNDS; i++) rounds = (rounds * 31 + i) | 0;
  spent = rounds;
}
