// Tests of the whole pages within a range of addresses.
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { wholePages } from '../src/internal.js';

const PAGE = 4_096;

test('a range that starts behind the start of a page loses its first and its last page', () => {
  const range = { address: 0x7f00_0000_0010n, byteLength: 8_192n };
  expect(wholePages(range, PAGE)).toEqual({ address: 0x7f00_0000_1000n, byteLength: 4_096n });
});

test('a range of whole pages stays as it is', () => {
  const range = { address: 0x7f00_0000_0000n, byteLength: 8_192n };
  expect(wholePages(range, PAGE)).toEqual(range);
});

test('the pages lie within the range, and one page more would not', () => {
  fc.assert(
    fc.property(
      fc.bigInt(0n, 2n ** 47n),
      fc.bigInt(0n, 2n ** 30n),
      fc.constantFrom(4_096, 65_536, 2 ** 21),
      (address, byteLength, pageBytes) => {
        const pages = wholePages({ address, byteLength }, pageBytes);
        const page = BigInt(pageBytes);
        expect(pages.address % page).toBe(0n);
        expect(pages.byteLength % page).toBe(0n);
        if (pages.byteLength > 0n) {
          expect(pages.address).toBeGreaterThanOrEqual(address);
          expect(pages.address + pages.byteLength).toBeLessThanOrEqual(address + byteLength);
        }
        expect(pages.address - address).toBeLessThan(page);
        const behind = pages.address + pages.byteLength + page;
        expect(behind).toBeGreaterThan(address + byteLength);
      },
    ),
  );
});
