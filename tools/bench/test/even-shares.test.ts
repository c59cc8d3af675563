// Tests of the division into even shares.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { evenShares } from '../src/core/even-shares.js';

it('divides into shares that differ by one at most and add up', () => {
  expect(evenShares(10, 4)).toEqual([2, 2, 3, 3]);
  fc.assert(
    fc.property(fc.nat(10_000), fc.integer({ min: 1, max: 64 }), (total, parts) => {
      const shares = evenShares(total, parts);
      expect(shares).toHaveLength(parts);
      expect(shares.reduce((sum, share) => sum + share, 0)).toBe(total);
      expect(Math.max(...shares) - Math.min(...shares)).toBeLessThanOrEqual(1);
    }),
  );
});
