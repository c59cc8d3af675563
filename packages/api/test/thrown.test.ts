// Tests of the text and the code of thrown values.
import { codeOfThrown, stackOfThrown, textOfThrown } from '@hioload/api';
import { describe, expect, it } from 'vitest';

function fail(): never {
  throw new Error('looked at');
}

const UNPRINTABLE: readonly [string, unknown][] = [
  ['a message that is a symbol', Object.assign(new Error(), { message: Symbol('s') })],
  ['a message that throws', Object.defineProperty(new Error(), 'message', { get: fail })],
  [
    'a message that cannot be a string',
    Object.assign(new Error(), { message: { toString: fail } }),
  ],
  ['no prototype', Object.create(null)],
  [
    'a proxy that does not let itself be looked at',
    new Proxy({}, { get: fail, getPrototypeOf: fail }),
  ],
];

describe('textOfThrown', () => {
  it('is the message of an error, and the text of anything else', () => {
    expect(textOfThrown(new TypeError('no'))).toBe('no');
    expect(['text', undefined, null, 7n, Symbol('s')].map(textOfThrown)).toEqual([
      'text',
      'undefined',
      'null',
      '7',
      'Symbol(s)',
    ]);
  });

  it.each(UNPRINTABLE)('survives %s', (_, thrown) => {
    expect(textOfThrown(thrown)).toMatch(/^a value that cannot be printed$|^Symbol\(s\)$/);
  });

  it('cuts what is long', () => {
    expect(textOfThrown('x'.repeat(5_000))).toBe(`${'x'.repeat(2_000)}... (3000 more)`);
  });
});

describe('codeOfThrown', () => {
  it('is the code of an error, where it is a text', () => {
    expect(codeOfThrown(Object.assign(new Error(), { code: 'ECONNREFUSED' }))).toBe('ECONNREFUSED');
    const others = [new Error(), Object.assign(new Error(), { code: 7 }), { code: 'X' }, undefined];
    expect(others.map(codeOfThrown)).toEqual([undefined, undefined, undefined, undefined]);
    expect(codeOfThrown(Object.assign(new Error(), { code: 'x'.repeat(500) }))).toMatch(
      /^x{100}\.\.\. \(400 more\)$/,
    );
  });

  it.each(UNPRINTABLE)('survives %s', (_, thrown) => {
    expect(codeOfThrown(thrown)).toBeUndefined();
  });
});

describe('stackOfThrown', () => {
  it('is the stack of an error and nothing else', () => {
    expect(stackOfThrown(new Error('here'))).toMatch(/^Error: here\n {4}at .*thrown\.test/);
    expect(stackOfThrown('here')).toBeUndefined();
  });

  it.each(UNPRINTABLE)('survives %s', (_, thrown) => {
    expect(() => stackOfThrown(thrown)).not.toThrow();
    expect(
      stackOfThrown(Object.defineProperty(new Error(), 'stack', { get: fail })),
    ).toBeUndefined();
  });
});
