// Tests of the characters that tokens and field values may have.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isFieldValue, isToken, listHasToken, splitList } from '../src/index.js';

describe('isToken', () => {
  it('knows every ASCII character', () => {
    const others = new Set('()<>@,;:\\"/[]?={} \t');
    for (let code = 0; code < 256; code++) {
      const char = String.fromCharCode(code);
      expect(isToken(char), JSON.stringify(char)).toBe(
        code > 0x20 && code < 0x7f && !others.has(char),
      );
    }
  });

  it('refuses an empty text and a text with one wrong character', () => {
    expect(isToken('')).toBe(false);
    expect(isToken('graphql-ws')).toBe(true);
    expect(isToken('graphql ws')).toBe(false);
    expect(isToken('chat\r\nX-Evil: 1')).toBe(false);
  });
});

describe('isFieldValue', () => {
  it('allows the tab as the only control character, and nothing above one byte', () => {
    for (let code = 0; code < 0x200; code++) {
      const isAllowed = code === 9 || (code >= 0x20 && code !== 0x7f && code <= 0xff);
      expect(isFieldValue(`a${String.fromCharCode(code)}b`), `code ${code}`).toBe(isAllowed);
    }
    expect(isFieldValue('')).toBe(true);
  });
});

describe('splitList', () => {
  it('trims elements and skips empty ones', () => {
    expect(splitList('keep-alive,\t Upgrade ,,')).toEqual(['keep-alive', 'Upgrade']);
    expect(splitList('')).toEqual([]);
    expect(splitList(' , ,')).toEqual([]);
  });

  it('splits a joined list again, with any blanks around the commas', () => {
    const blanks = fc.stringMatching(/^[ \t]{0,3}$/);
    const element = fc.stringMatching(/^[a-zA-Z0-9!.]([a-z ]{0,5}[a-z])?$/);
    fc.assert(
      fc.property(fc.array(fc.tuple(blanks, element, blanks)), (parts) => {
        const list = parts.map((part) => part.join('')).join(',');
        expect(splitList(list)).toEqual(parts.map(([, name]) => name));
      }),
    );
  });
});

describe('listHasToken', () => {
  it('finds a whole token in any letter case', () => {
    expect(listHasToken('keep-alive, UPGRADE', 'upgrade')).toBe(true);
    expect(listHasToken('upgrades, xupgrade', 'upgrade')).toBe(false);
    expect(listHasToken('', 'upgrade')).toBe(false);
  });
});
