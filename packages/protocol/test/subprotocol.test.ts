// Tests of the parser and the choice of subprotocols.
import { describe, expect, it } from 'vitest';
import { chooseSubprotocol, parseOfferedProtocols } from '../src/index.js';

describe('parseOfferedProtocols', () => {
  it('keeps the order of the client and names each once', () => {
    expect(parseOfferedProtocols('b, a,b')).toEqual(['b', 'a']);
    expect(parseOfferedProtocols(undefined)).toEqual([]);
    expect(parseOfferedProtocols('')).toEqual([]);
  });

  it('refuses what is no token', () => {
    expect(parseOfferedProtocols('a, b c')).toBeUndefined();
    expect(parseOfferedProtocols('"a"')).toBeUndefined();
  });

  it('holds names of the prototype of objects as any other', () => {
    expect(parseOfferedProtocols('__proto__, constructor')).toEqual(['__proto__', 'constructor']);
  });
});

describe('chooseSubprotocol', () => {
  it('prefers in the order of the application', () => {
    expect(chooseSubprotocol(['a', 'b', 'c'], ['c', 'b'])).toBe('c');
  });

  it('chooses none where none is common', () => {
    expect(chooseSubprotocol(['a'], ['A'])).toBe('');
    expect(chooseSubprotocol([], ['a'])).toBe('');
    expect(chooseSubprotocol(['a'], [])).toBe('');
  });
});
