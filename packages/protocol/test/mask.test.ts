import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyMask } from '../src/index.js';

/** RFC 6455 section 5.3, octet by octet. */
function maskedByTheBook(payload: Uint8Array, key: readonly number[], phase: number): number[] {
  return [...payload].map((octet, index) => octet ^ key[(index + phase) % 4]!);
}

const keyNumber = (key: readonly number[]): number =>
  key[0]! * 0x100_0000 + key[1]! * 0x1_0000 + key[2]! * 0x100 + key[3]!;

const key = fc.tuple(...([0, 1, 2, 3].map(() => fc.nat(255)) as [fc.Arbitrary<number>, ...fc.Arbitrary<number>[]]));

describe('applyMask', () => {
  it('gives the masked Hello of RFC 6455 section 5.7', () => {
    const bytes = new Uint8Array(Buffer.from('Hello'));
    applyMask(bytes, 0, 5, 0x37fa213d);
    expect(Buffer.from(bytes).toString('hex')).toBe('7f9f4d5158');
  });

  it('agrees with the definition and touches nothing around the range', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), key, fc.nat(5), fc.nat(9), (payload, octets, margin, phase) => {
        const bytes = new Uint8Array(payload.length + 2 * margin).fill(0xee);
        bytes.set(payload, margin);
        applyMask(bytes, margin, margin + payload.length, keyNumber(octets), phase);
        const around = Array.from({ length: margin }, () => 0xee);
        expect([...bytes]).toEqual([...around, ...maskedByTheBook(payload, octets, phase), ...around]);
      }),
    );
  });

  it('gives the same piece by piece, wherever the payload is cut', () => {
    const payload = Uint8Array.from({ length: 23 }, (_, index) => index * 11);
    const whole = payload.slice();
    applyMask(whole, 0, whole.length, 0xdeadbeef);
    for (let cut = 0; cut <= payload.length; cut += 1) {
      const pieces = payload.slice();
      applyMask(pieces, 0, cut, 0xdeadbeef);
      applyMask(pieces, cut, pieces.length, 0xdeadbeef, cut);
      expect([...pieces]).toEqual([...whole]);
    }
  });
});
