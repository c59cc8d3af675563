// Picks ranks by Zipf's law, so that a few rooms get most of the messages.
import type { Random } from './random.js';

/**
 * Picks ranks from 0 up to `size`. Rank n is (n + 1) ** skew times as rare as the first (Zipf's
 * law).
 */
export class Zipf {
  /** For each rank, the sum of the weights up to it. */
  readonly #sums: Float64Array;
  readonly #random: Random;

  constructor(size: number, skew: number, random: Random) {
    this.#random = random;
    this.#sums = new Float64Array(size);
    let sum = 0;
    for (let rank = 0; rank < size; rank++) this.#sums[rank] = sum += (rank + 1) ** -skew;
  }

  pick(): number {
    const sums = this.#sums;
    const wanted = this.#random() * sums[sums.length - 1]!;
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (sums[middle]! > wanted) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
