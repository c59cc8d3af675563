// Tests of close codes, close reasons and the payload of close frames.
import { describe, expect, it } from 'vitest';
import { assertSendableClose, isCloseCode } from '../src/index.js';

describe('isCloseCode', () => {
  it('knows all 65,536 codes', () => {
    const isExpected = (code: number): boolean =>
      (code >= 1000 && code <= 1003) ||
      (code >= 1007 && code <= 1014) ||
      (code >= 3000 && code <= 4999);
    for (let code = 0; code <= 0xffff; code++)
      expect(isCloseCode(code), `code ${code}`).toBe(isExpected(code));
  });

  it('accepts only whole numbers', () => {
    for (const code of [3000.5, NaN, Infinity, -1000]) expect(isCloseCode(code)).toBe(false);
  });
});

describe('assertSendableClose', () => {
  it('takes a reason of 123 bytes, of any characters', () => {
    for (const reason of ['', 'x'.repeat(123), 'é'.repeat(61), '€'.repeat(41), '😀'.repeat(30)]) {
      expect(() => assertSendableClose(1000, reason)).not.toThrow();
    }
  });

  it('refuses a longer reason', () => {
    for (const reason of ['x'.repeat(124), 'é'.repeat(62), '€'.repeat(42), '😀'.repeat(31)]) {
      expect(() => assertSendableClose(1000, reason)).toThrow(
        expect.objectContaining({ code: 'HIOLOAD_CLOSE_REASON_TOO_LONG' }),
      );
    }
  });

  it('refuses codes that must not be sent', () => {
    for (const code of [1004, 1005, 1006, 1015, 999, 2999, 5000, NaN]) {
      expect(() => assertSendableClose(code, '')).toThrow(
        expect.objectContaining({ code: 'HIOLOAD_CLOSE_CODE_INVALID' }),
      );
    }
  });

  it('refuses a reason that is not a string, which could leak memory', () => {
    expect(() => assertSendableClose(1000, new Uint8Array(4) as never)).toThrow(
      expect.objectContaining({ code: 'HIOLOAD_OPTION_INVALID' }),
    );
  });
});
