// Tests of the parser and the choice of subprotocols.
import { describe, expect, it } from 'vitest';
import { chooseSubprotocol, parseOfferedProtocols } from '../src/index.js';

describe('parseOfferedProtocols', () => {
  it('keeps the order of the client and lists each name once', () => {
    expect(parseOfferedProtocols('b, a,b')).toEqual(['b', 'a']);
    expect(parseOfferedProtocols(undefined)).toEqual([]);
    expect(parseOfferedProtocols('')).toEqual([]);
  });

  it('refuses a name that is not a token', () => {
    expect(parseOfferedProtocols('a, b c')).toBeUndefined();
    expect(parseOfferedProtocols('"a"')).toBeUndefined();
  });

  it('treats names of Object.prototype like any other name', () => {
    expect(parseOfferedProtocols('__proto__, constructor')).toEqual(['__proto__', 'constructor']);
  });
});

describe('chooseSubprotocol', () => {
  it('prefers the order of the application', () => {
    expect(chooseSubprotocol(['a', 'b', 'c'], ['c', 'b'])).toBe('c');
  });

  it('chooses none if client and application share none', () => {
    expect(chooseSubprotocol(['a'], ['A'])).toBe('');
    expect(chooseSubprotocol([], ['a'])).toBe('');
    expect(chooseSubprotocol(['a'], [])).toBe('');
  });
});
