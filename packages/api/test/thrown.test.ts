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

  it('cuts a long text', () => {
    expect(textOfThrown('x'.repeat(5_000))).toBe(`${'x'.repeat(2_000)}... (3000 more)`);
  });
});

describe('the causes of an error', () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED ::1:80'), { code: 'ECONNREFUSED' });

  it('are in its text and its stack, to the last one', () => {
    const error = new TypeError('fetch failed', { cause: new Error('middle', { cause: refused }) });
    expect(textOfThrown(error)).toBe(
      'fetch failed (cause: middle (cause: connect ECONNREFUSED ::1:80))',
    );
    expect(stackOfThrown(error)).toMatch(
      /^TypeError: fetch failed\n[^]*\ncaused by: Error: middle\n[^]*\ncaused by: Error: connect /,
    );
  });

  it('are all errors of an AggregateError, which may have no message', () => {
    const both = new AggregateError([refused, new Error('connect ECONNREFUSED 127.0.0.1:80')], '');
    expect(textOfThrown(new Error('no database', { cause: both }))).toBe(
      'no database (cause: AggregateError (cause: connect ECONNREFUSED ::1:80; ' +
        'connect ECONNREFUSED 127.0.0.1:80))',
    );
    const many = new AggregateError(Array.from({ length: 1_000 }, (_, i) => new Error(`e${i}.`)));
    expect(textOfThrown(many)).toBe('AggregateError (cause: e0.; e1.; e2.; e3.)');
  });

  it('are left out where the message says them already', () => {
    const cause = new Error('db down');
    expect(textOfThrown(new Error('start failed: db down', { cause }))).toBe(
      'start failed: db down',
    );
  });

  it('may form a circle, a tree that grows, or an endless chain', () => {
    const circle: Error = new Error('a', { cause: new Error('b') });
    (circle.cause as Error).cause = circle;
    expect(textOfThrown(circle)).toBe('a (cause: b)');
    expect(stackOfThrown(circle)).toContain('caused by: Error: b');
    let chain = new Error('last');
    for (let i = 0; i < 100_000; i++) chain = new Error(`${i}`, { cause: chain });
    expect(textOfThrown(chain).length).toBeLessThan(200);
    const tree = (): Error =>
      Object.defineProperty(new AggregateError([]), 'errors', { get: () => [tree(), tree()] });
    expect(textOfThrown(tree()).length).toBeLessThan(2_000);
  });

  it.each([
    ['a text', 'because', 'x (cause: because)'],
    ['null', null, 'x (cause: null)'],
    ['a symbol', Symbol('s'), 'x (cause: Symbol(s))'],
    ['an object', { error: 'db', code: 5 }, 'x (cause: an object { error: db, code: 5 })'],
    ['a getter that throws', Object.create({}, { message: { get: fail } }), /^x \(cause: /],
    ['a proxy that throws', new Proxy({}, { get: fail, getPrototypeOf: fail }), /^x \(cause: a va/],
    ['huge', new Error('y'.repeat(1e6)), /^x \(cause: y{1900,2000}\.\.\. \(\d+ more\)$/],
  ])('may be %s', (_, cause, text) => {
    expect(textOfThrown(new Error('x', { cause }))).toMatch(text);
  });

  it('may throw when they are read', () => {
    const error = Object.defineProperty(new Error('x'), 'cause', { get: fail });
    expect(textOfThrown(error)).toBe('x');
    expect(stackOfThrown(error)).toMatch(/^Error: x\n/);
    const errors = Object.defineProperty(new Error('x'), 'errors', {
      value: new Proxy([], { get: fail }),
    });
    expect(textOfThrown(errors)).toBe('x');
  });
});

describe('codeOfThrown', () => {
  it('is the code of an error if the code is a text', () => {
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
