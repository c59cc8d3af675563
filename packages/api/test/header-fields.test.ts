// Tests of the table of repeated header fields.
import { expect, it } from 'vitest';
import { addField, SINGLE_FIELDS } from '../src/index.js';

it.each([
  ['cookie', 'a=b', 'c=d', 'a=b; c=d'],
  ['accept', 'text/html', '*/*', 'text/html, */*'],
  ['x-own', 'a', '', 'a, '],
  ['sec-websocket-protocol', 'a', 'b', 'a, b'],
  ['sec-websocket-extensions', 'a; b', 'c', 'a; b, c'],
])('joins two fields %s', (name, first, second, joined) => {
  const headers = new Map<string, string>();
  expect([addField(headers, name, first), addField(headers, name, second)]).toEqual([true, true]);
  expect(headers.get(name)).toBe(joined);
});

it('keeps the first value of a field that holds one value, and tells', () => {
  for (const name of SINGLE_FIELDS) {
    const headers = new Map<string, string>();
    expect([addField(headers, name, 'a'), addField(headers, name, 'b')]).toEqual([true, false]);
    expect(headers.get(name)).toBe('a');
  }
  for (const name of ['host', 'origin', 'authorization', 'content-length', 'sec-websocket-key'])
    expect(SINGLE_FIELDS).toContain(name);
});
