// Tests of masking, against the definition in the standard.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { applyMask } from '../src/index.js';

/** Masks octet by octet, as RFC 6455 section 5.3 defines it. */
function maskedByTheBook(payload: Uint8Array, key: readonly number[], phase: number): Buffer {
  return Buffer.from(payload.map((octet, index) => octet ^ key[(index + phase) % 4]!));
}

const keyNumber = (key: readonly number[]): number =>
  key[0]! * 0x100_0000 + key[1]! * 0x1_0000 + key[2]! * 0x100 + key[3]!;

const octet = fc.nat(255);
const key = fc.tuple(octet, octet, octet, octet);

/** Lengths that reach each way of masking. */
const length = fc.oneof(
  fc.nat(40),
  fc.integer({ min: 200, max: 300 }),
  fc.integer({ min: 2_000, max: 2_100 }),
);
const payload = length.chain((octets) =>
  fc.uint8Array({ minLength: octets, maxLength: octets, size: 'max' }),
);

describe('applyMask', () => {
  it('gives the masked Hello of RFC 6455 section 5.7', () => {
    const bytes = new Uint8Array(Buffer.from('Hello'));
    applyMask(bytes, 0, 5, 0x37fa213d);
    expect(Buffer.from(bytes).toString('hex')).toBe('7f9f4d5158');
  });

  it('agrees with the definition at any offset, and changes no byte around the range', () => {
    fc.assert(
      fc.property(
        payload,
        key,
        fc.nat(16),
        fc.nat(16),
        fc.nat(9),
        (content, octets, skew, margin, phase) => {
          const memory = new Uint8Array(skew + content.length + 2 * margin + 3).fill(0xee);
          const bytes = memory.subarray(skew);
          bytes.set(content, margin);
          const expected = Buffer.from(memory);
          expected.set(maskedByTheBook(content, octets, phase), skew + margin);
          const end = margin + content.length;
          applyMask(bytes, margin, end, keyNumber(octets), phase);
          expect(expected.equals(memory)).toBe(true);
          // The second call uses the state that the first call has prepared. An unsigned key and a
          // signed key are the same key.
          applyMask(bytes, margin, end, keyNumber(octets) | 0, phase);
          expect(Buffer.from(bytes.subarray(margin, end)).equals(content)).toBe(true);
        },
      ),
      { numRuns: 400 },
    );
  });

  it('reports ASCII of the unmasked bytes, at any length and wherever the other byte is', () => {
    for (let octets = 1; octets < 300; octets += 1) {
      for (const place of [undefined, 0, octets >> 1, octets - 1]) {
        const bytes = new Uint8Array(octets + 3).fill(0x7f);
        bytes[0] = bytes[octets + 1] = bytes[octets + 2] = 0xff;
        if (place !== undefined) bytes[place + 1] = 0x80;
        applyMask(bytes, 1, octets + 1, 0xf1e2d3c4);
        const bits = applyMask(bytes, 1, octets + 1, 0xf1e2d3c4);
        expect((bits & 0x80) !== 0).toBe(place !== undefined);
      }
    }
  });

  it('gives the same result piece by piece, wherever the payload is cut', () => {
    const payload = Uint8Array.from({ length: 83 }, (_, index) => index * 11);
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
