/*
 * Sequences are 32-bit integers that only grow and wrap. At 10 M records a second they pass 2^31 in
 * under four minutes, so nobody compares two of them: the distance is what counts, and it is right
 * as long as it is below 2^31.
 */

/** How far `later` is ahead of `earlier`, in steps; below 2^31. */
export function distance(later: number, earlier: number): number {
  return (later - earlier) | 0;
}

/** Whether a number can be masked with itself minus one. */
export function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(value) && value > 0 && Number.isInteger(Math.log2(value));
}
