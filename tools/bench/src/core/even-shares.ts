/**
 * Divides `total` into shares that add up to it and differ by one at most. The smaller shares come
 * first.
 */
export function evenShares(total: number, shares: number): number[] {
  return Array.from({ length: shares }, (_, index) => Math.floor((total + index) / shares));
}
