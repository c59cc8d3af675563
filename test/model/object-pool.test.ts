// Tests of object pools against their model.
import type { ObjectPool } from '@hioload/api';
import { FakeObjectPool } from '@hioload/fake';
import { RecyclingObjectPool } from '@hioload/pool';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

interface Counter {
  value: number;
}
const CAPACITY = 3;
const make = (): Counter => ({ value: 0 });
const options = { make, maxIdle: CAPACITY, debug: true };

/** Acquires where the number is even, gives back the object at that place otherwise. */
const script = fc.array(fc.nat({ max: 15 }), { maxLength: 60 });

/**
 * Whoever acquires an object has it alone and finds it as good as new; the pool never keeps more
 * idle objects than it may.
 */
function lendsToOne(
  pool: ObjectPool<Counter>,
  steps: readonly number[],
  reset = (counter: Counter): void => void (counter.value = 0),
): void {
  const out: Counter[] = [];
  for (const step of steps) {
    if (step % 2 === 0) {
      const counter = pool.acquire();
      if (out.includes(counter)) throw new Error('lent twice');
      if (counter.value !== 0) throw new Error('not as good as new');
      counter.value = step + 1;
      out.push(counter);
    } else {
      const [counter] = out.splice(step >> 1, 1);
      if (counter === undefined) continue;
      reset(counter);
      pool.release(counter);
    }
    if (pool.stats().idle > CAPACITY) throw new Error('holds too many');
  }
}

describe('object pools', () => {
  const pools: readonly (() => ObjectPool<Counter>)[] = [
    () => new RecyclingObjectPool(options),
    () => new FakeObjectPool(make),
    () => new FakeObjectPool(make, CAPACITY),
  ];

  it('lend each object to one holder, as good as new', () => {
    for (const open of pools) fc.assert(fc.property(script, (steps) => lendsToOne(open(), steps)));
  });

  it('the property catches a user that returns an object without a reset', () => {
    const careless = (steps: readonly number[]): void =>
      lendsToOne(new RecyclingObjectPool(options), steps, () => undefined);
    expect(fc.check(fc.property(script, careless)).failed).toBe(true);
  });

  it('the property catches a pool that lends an object twice', () => {
    const forgetful = (): ObjectPool<Counter> => {
      const one = make();
      return {
        acquire: () => one,
        release: () => undefined,
        stats: () => ({ idle: 0, created: 1, reused: 0, discarded: 0 }),
      };
    };
    const run = (steps: readonly number[]): void => lendsToOne(forgetful(), steps);
    expect(fc.check(fc.property(script, run)).failed).toBe(true);
  });
});
