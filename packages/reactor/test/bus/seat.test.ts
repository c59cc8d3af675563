// Tests of the ids that the connections of a reactor get.
import { CONN_SEQUENCE_BITS, type ConnId, reactorOf } from '@hioload/api';
import { describe, expect, it } from 'vitest';
import { firstConnIdOf, lifeNumber, lifeOf } from '../../src/bus/seat.js';

describe('firstConnIdOf', () => {
  it('is never 0, which is falsy', () => {
    expect(firstConnIdOf(0, 0)).toBe(1);
  });

  it.each([
    [0, 0],
    [0, 2_047],
    [3, 0],
    [3, 2_048],
    [1_023, 5_000],
  ])('tells reactor %i and life %i', (reactor, life) => {
    const id = firstConnIdOf(reactor, life) as ConnId;
    expect([reactorOf(id), lifeOf(id)]).toEqual([reactor, lifeNumber(life)]);
    expect(id % 2 ** (CONN_SEQUENCE_BITS - 11)).toBe(1);
  });
});
