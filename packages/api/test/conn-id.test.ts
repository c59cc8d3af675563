// Tests of the ids of connections.
import { CONN_SEQUENCE_BITS, reactorOf, toConnId } from '@hioload/api';
import { describe, expect, it } from 'vitest';

describe('toConnId', () => {
  it.each([1, 2 ** CONN_SEQUENCE_BITS + 1, Number.MAX_SAFE_INTEGER])(
    'reads the id %d as it was written',
    (id) => {
      expect(toConnId(String(id))).toBe(id);
    },
  );

  it('keeps the reactor of an id', () => {
    expect(reactorOf(toConnId(String(3 * 2 ** CONN_SEQUENCE_BITS + 7))!)).toBe(3);
  });

  it.each([
    '',
    '0',
    '-1',
    '+1',
    '01',
    '1.5',
    '1e3',
    '0x10',
    ' 1',
    '1\n',
    'NaN',
    '9007199254740992',
    '1'.repeat(400),
  ])('takes %j for no id', (text) => expect(toConnId(text)).toBeUndefined());
});
