import type { ObjectPool } from '@hioload/api';
import { FakeObjectPool } from '@hioload/fake';
import { PlainObjectPool, RecyclingObjectPool } from '@hioload/pool';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

interface Counter {
  value: number;
}
const CAPACITY = 3;
const options = { create: (): Counter => ({ value: 0 }), capacity: CAPACITY, debug: true };
const reset = (counter: Counter): void => void (counter.value = 0);

/** Acquires where the number is even, gives back the object at that place otherwise. */
const script = fc.array(fc.nat({ max: 15 }), { maxLength: 60 });

/**
 * Whoever acquires has the object alone and finds it as good as new; the pool never holds more than
 * it may.
 */
function lendsToOne(pool: ObjectPool<Counter>, steps: readonly number[]): void {
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
      if (counter !== undefined) pool.release(counter);
    }
    if (pool.stats().idle > CAPACITY) throw new Error('holds too many');
  }
}

describe('object pools', () => {
  it('lend each object to one holder, as good as new', () => {
    fc.assert(
      fc.property(script, (steps) =>
        lendsToOne(new RecyclingObjectPool({ ...options, reset }), steps),
      ),
    );
    fc.assert(fc.property(script, (steps) => lendsToOne(new PlainObjectPool(options), steps)));
    fc.assert(
      fc.property(script, (steps) => lendsToOne(new FakeObjectPool(options.create), steps)),
    );
  });

  it('the property catches a pool that forgets to reset', () => {
    const forgetful = (): ObjectPool<Counter> =>
      new RecyclingObjectPool({ ...options, reset: () => undefined });
    expect(fc.check(fc.property(script, (steps) => lendsToOne(forgetful(), steps))).failed).toBe(
      true,
    );
  });
});
