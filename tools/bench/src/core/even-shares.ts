/**
 * Divides `total` into shares that differ by one at most and add up to it, the smaller ones first.
 */
export function evenShares(total: number, shares: number): number[] {
  return Array.from({ length: shares }, (_, index) => Math.floor((total + index) / shares));
}
