import { expect, it } from 'vitest';
import { BlockPool } from '../../src/net/block-pool.js';

it.each([2 ** 30 + 1, 2 ** 32, 2 ** 32 + 1, 2 ** 33])(
  'lends no block for %i bytes, more than it has',
  (byteLength) => {
    expect(new BlockPool().acquire(byteLength)).toBe(null);
  },
);
