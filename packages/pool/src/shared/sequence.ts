/*
 * Sequences: 32-bit integers that only grow, and wrap. At 10 M records a second a sequence passes
 * 2^31 in under four minutes. So no code compares two sequences; it takes their distance, which is
 * right as long as the distance is below 2^31.
 */

/** How far `later` is ahead of `earlier`, in steps; below 2^31. */
export function distance(later: number, earlier: number): number {
  return (later - earlier) | 0;
}

/** Whether a number is a power of two, so that the number minus one is a mask. */
export function isPowerOfTwo(value: number): boolean {
  return Number.isInteger(value) && value > 0 && Number.isInteger(Math.log2(value));
}
