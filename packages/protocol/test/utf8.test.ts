// Tests of the number of bytes that a string takes in UTF-8.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { utf8ByteLength } from '../src/index.js';

it('counts the bytes that an encoder writes', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(utf8ByteLength(text)).toBe(Buffer.byteLength(text));
    }),
  );
});

it('counts a surrogate without its partner as its replacement', () => {
  const unit = fc.integer({ min: 0xd7f0, max: 0xe010 }).map((code) => String.fromCharCode(code));
  fc.assert(
    fc.property(fc.array(unit), (units) => {
      expect(utf8ByteLength(units.join(''))).toBe(Buffer.byteLength(units.join('')));
    }),
  );
});
