// Tests of the UTF-8 validator, against the decoder of the platform.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Utf8Validator } from '../src/index.js';

const fatal = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function isUtf8ByTextDecoder(bytes: Uint8Array): boolean {
  try {
    fatal.decode(bytes);
    return true;
  } catch {
    return false;
  }
}

function isUtf8InPieces(pieces: readonly Uint8Array[]): boolean {
  const validator = new Utf8Validator();
  return pieces.every((piece) => validator.push(piece, 0, piece.length)) && validator.isComplete;
}

/**
 * The number of octets that the validator takes before it says no; the length of the text if it
 * never says no.
 */
function firstImpossible(bytes: Uint8Array): number {
  const validator = new Utf8Validator();
  for (let at = 0; at < bytes.length; at++) {
    if (!validator.push(bytes, at, at + 1)) return at;
  }
  return bytes.length;
}

const boundaryText = fc.string({
  unit: fc.oneof(
    fc.constantFrom(
      '\0',
      'a',
      '\x7f',
      '\x80',
      '\u07ff',
      '\u0800',
      '\ud7ff',
      '\ue000',
      '\ufeff',
      '\uffff',
    ),
    fc.constantFrom('\u{10000}', '\u{10ffff}', '😀', 'é', '漢'),
  ),
  maxLength: 400,
  size: 'max',
});

/** Texts in UTF-8, some of them with a changed octet. */
const nearlyText = fc
  .tuple(boundaryText, fc.option(fc.tuple(fc.nat(), fc.nat(255))))
  .map(([text, change]) => {
    const bytes = new Uint8Array(Buffer.from(text));
    if (change !== null && bytes.length > 0) bytes[change[0] % bytes.length] = change[1];
    return bytes;
  });

describe('Utf8Validator', () => {
  it('agrees with TextDecoder on all strings of one and two octets, and octet by octet', () => {
    for (let first = 0; first < 256; first++) {
      const one = Uint8Array.of(first);
      if (isUtf8InPieces([one]) !== isUtf8ByTextDecoder(one))
        expect.fail(Buffer.from(one).toString('hex'));
      for (let second = 0; second < 256; second++) {
        const two = Uint8Array.of(first, second);
        const expected = isUtf8ByTextDecoder(two);
        if (isUtf8InPieces([two]) !== expected) expect.fail(Buffer.from(two).toString('hex'));
        if (isUtf8InPieces([one, two.subarray(1)]) !== expected)
          expect.fail(`${Buffer.from(two).toString('hex')} cut`);
      }
    }
  });

  // 16.7 million calls, most of which throw, would take minutes. A decoder that is not fatal writes
  // U+FFFD exactly where a fatal decoder throws, and takes 65,536 strings in one call. A line feed
  // follows each string and ends any code point in progress.
  it('agrees with TextDecoder on all strings of three octets', () => {
    const text = new Uint8Array(3);
    const validator = new Utf8Validator();
    const lenient = new TextDecoder('utf-8', { ignoreBOM: true });
    const separated = new Uint8Array(65_536 * 4);
    for (let first = 0; first < 256; first++) {
      for (let rest = 0; rest < 65_536; rest++) {
        separated[rest * 4] = first;
        separated[rest * 4 + 1] = rest >>> 8;
        separated[rest * 4 + 2] = rest & 0xff;
        separated[rest * 4 + 3] = 0x0a;
      }
      const decoded = lenient.decode(separated);
      let at = 0;
      for (let rest = 0; rest < 65_536; rest++) {
        text[0] = first;
        text[1] = rest >>> 8;
        text[2] = rest & 0xff;
        const lineFeeds =
          Number(text[0] === 0x0a) + Number(text[1] === 0x0a) + Number(text[2] === 0x0a);
        let end = at;
        for (let found = 0; found <= lineFeeds; end++)
          if (decoded.charCodeAt(end) === 0x0a) found++;
        const isText = !decoded.slice(at, end).includes('\ufffd');
        // EF BF BD is U+FFFD itself.
        const expected = isText || (text[0] === 0xef && text[1] === 0xbf && text[2] === 0xbd);
        at = end;
        validator.reset();
        const accepted = validator.push(text, 0, 3) && validator.isComplete;
        if (accepted !== expected) expect.fail(`${Buffer.from(text).toString('hex')}: ${accepted}`);
      }
    }
  });

  it('agrees with TextDecoder on longer texts, in any pieces and at any offset', () => {
    fc.assert(
      fc.property(
        nearlyText,
        fc.array(fc.nat(1_600), { maxLength: 6 }),
        fc.nat(17),
        (bytes, cuts, offset) => {
          const shifted = new Uint8Array(bytes.length + 2 * offset).fill(0xff);
          shifted.set(bytes, offset);
          const places = [
            0,
            ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b),
            bytes.length,
          ];
          const validator = new Utf8Validator();
          let accepted = true;
          for (let i = 1; i < places.length && accepted; i++) {
            accepted = validator.push(shifted, offset + places[i - 1]!, offset + places[i]!);
          }
          expect(accepted && validator.isComplete).toBe(isUtf8ByTextDecoder(bytes));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('agrees with TextDecoder on one text after another in the same buffer', () => {
    const place = fc.constantFrom(0, 1, 6, 8, 13, 500, 2_001);
    const length = fc.constantFrom(95, 96, 97, 127, 300, 1_024, 2_040, 2_048, 2_049, 3_000);
    const change = fc.option(fc.tuple(fc.nat(), fc.nat(255)));
    const unit = fc.constantFrom('a', 'é', '漢', '😀');
    const buffer = new Uint8Array(5_003);
    fc.assert(
      fc.property(fc.array(fc.tuple(place, length, unit, change), { maxLength: 40 }), (texts) => {
        for (const [start, byteLength, letter, changed] of texts) {
          const end = start + byteLength;
          // The result must not depend on the bytes around a text or on earlier bytes in its place.
          buffer.fill(0xc3);
          buffer.set(Buffer.from(letter.repeat(byteLength)).subarray(0, byteLength), start);
          if (changed !== null) buffer[start + (changed[0] % byteLength)] = changed[1];
          const validator = new Utf8Validator();
          const accepted = validator.push(buffer, start, end) && validator.isComplete;
          expect(accepted).toBe(isUtf8ByTextDecoder(buffer.slice(start, end)));
        }
      }),
      { numRuns: 300 },
    );
  });

  it('fails at the first octet after which no text is possible', () => {
    fc.assert(
      fc.property(nearlyText, (bytes) => {
        const at = firstImpossible(bytes);
        // The octets taken so far can still become a text: as they are, or with the missing octets
        // of the code point in progress.
        const taken = bytes.subarray(0, at);
        const endings = [
          '',
          '80',
          '8080',
          '808080',
          'a080',
          '9080',
          '908080',
          'bf',
          'bfbf',
          'bfbfbf',
          '9f80',
          '8f8080',
        ];
        const canEnd = endings.some((ending) =>
          isUtf8ByTextDecoder(Buffer.concat([taken, Buffer.from(ending, 'hex')])),
        );
        expect(canEnd).toBe(true);
      }),
    );
  });

  it.each([
    ['c0', 0],
    ['c1bf', 0],
    ['e080', 1],
    ['e09f', 1],
    ['eda0', 1],
    ['f08f', 1],
    ['f490', 1],
    ['f5', 0],
    ['ff', 0],
    ['80', 0],
    ['61bf', 1],
    ['c361', 1],
    ['e28261', 2],
    ['f09f9861', 3],
  ])('refuses %s at octet %i', (hex, at) => {
    expect(firstImpossible(Buffer.from(hex, 'hex'))).toBe(at);
  });

  it('finds an invalid octet anywhere in a long text', () => {
    for (const letter of ['a', 'é', '漢', '😀']) {
      const text = Buffer.from(letter.repeat(1_500));
      for (let at = 0; at < text.length; at += 61) {
        const broken = Buffer.from(text);
        broken[at] = 0xff;
        expect(isUtf8InPieces([broken])).toBe(false);
      }
      expect(isUtf8InPieces([text])).toBe(true);
      expect(isUtf8InPieces([text.subarray(0, text.length - 1)])).toBe(letter === 'a');
    }
  });
});
