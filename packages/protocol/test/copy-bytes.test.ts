// Tests of copying, for every length and alignment.
import { expect, it } from 'vitest';
import { copyBytes } from '../src/index.js';

const LENGTHS = [
  0, 1, 7, 15, 16, 17, 23, 31, 32, 33, 40, 63, 64, 65, 100, 127, 255, 1_024, 2_047, 2_048, 3_000,
];
const OFFSETS = [0, 1, 2, 3, 4, 5, 6, 7, 8];
const UNTOUCHED = 0xee;

const source = Uint8Array.from({ length: 4_096 }, (_, i) => (i * 7 + (i >> 8)) % 256);

it('copies every length between any two alignments, and changes no other byte', () => {
  for (const skew of [0, 3]) {
    // Memory that does not begin at a multiple of eight.
    const from = source.subarray(skew);
    const memory = new Uint8Array(4_096 + 8);
    const to = memory.subarray(5 * (skew & 1), 4_096);
    for (const start of OFFSETS) {
      for (const at of OFFSETS) {
        for (const length of LENGTHS) {
          memory.fill(UNTOUCHED);
          copyBytes(from, start, start + length, to, at);
          const expected = new Uint8Array(to.length).fill(UNTOUCHED);
          expected.set(from.subarray(start, start + length), at);
          if (Buffer.compare(to, expected) !== 0)
            expect.fail(`${length} bytes from ${start} to ${at}, skew ${skew}`);
        }
      }
    }
  }
});

it('copies out of and into shared memory', () => {
  const shared = new Uint8Array(new SharedArrayBuffer(4_096));
  copyBytes(source, 0, 1_000, shared, 3);
  const back = new Uint8Array(1_000);
  copyBytes(shared, 3, 1_003, back, 0);
  expect(back).toEqual(source.slice(0, 1_000));
});
