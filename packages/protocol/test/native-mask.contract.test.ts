// Tests of masking where Node or a package has native code for it.
import { describe, expect, it, vi } from 'vitest';
import { applyMask } from '../src/index.js';

const native = vi.hoisted(() => ({
  nativeMask: vi.fn((bytes: Uint8Array, key: number) => {
    for (let i = 0; i < bytes.length; i++) bytes[i]! ^= (key >>> (24 - 8 * (i % 4))) & 0xff;
  }),
}));
vi.mock('../src/native-mask.js', () => native);

describe('applyMask with native code', () => {
  it('masks long payloads with native code, with the same result', () => {
    for (const length of [2_047, 2_048, 5_000]) {
      const bytes = Uint8Array.from({ length: length + 6 }, (_, index) => index * 13);
      const expected = bytes.slice();
      native.nativeMask.mockClear();
      applyMask(bytes, 3, 3 + length, 0xa1b2c3d4, 2);
      expect(native.nativeMask).toHaveBeenCalledTimes(length < 2_048 ? 0 : 1);
      for (let i = 0; i < length; i++) expected[i + 3]! ^= [0xc3, 0xd4, 0xa1, 0xb2][i % 4]!;
      expect(Buffer.from(bytes).equals(expected)).toBe(true);
    }
  });

  it('does not report ASCII for bytes that native code masked', () => {
    expect(applyMask(new Uint8Array(2_048), 0, 2_048, 0)).toBeGreaterThanOrEqual(0x80);
  });
});
