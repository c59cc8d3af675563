import { PlainObjectPool, RecyclingObjectPool } from '@hioload/pool';
import { describe, expect, it } from 'vitest';

interface Point {
  x: number;
}
const options = {
  create: (): Point => ({ x: 0 }),
  reset: (point: Point): void => void (point.x = 0),
  capacity: 2,
};

describe('RecyclingObjectPool', () => {
  it('lends what came back, as good as new', () => {
    const pool = new RecyclingObjectPool(options);
    const first = pool.acquire();
    first.x = 7;
    pool.release(first);
    expect(pool.acquire()).toBe(first);
    expect(first.x).toBe(0);
    expect(pool.stats()).toEqual({ idle: 0, created: 1, reused: 1, discarded: 0 });
  });

  it('keeps no more than its capacity', () => {
    const pool = new RecyclingObjectPool(options);
    for (const point of [pool.acquire(), pool.acquire(), pool.acquire()]) pool.release(point);
    expect(pool.stats()).toEqual({ idle: 2, created: 3, reused: 0, discarded: 1 });
  });

  it('notices double and foreign releases in debug mode', () => {
    const pool = new RecyclingObjectPool({ ...options, debug: true });
    const point = pool.acquire();
    pool.release(point);
    const ended = expect.objectContaining({ code: 'HIOLOAD_LEASE_ENDED' });
    expect(() => pool.release(point)).toThrow(ended);
    expect(() => pool.release({ x: 1 })).toThrow(ended);
  });

  it.each([0, -1, 2.5, 2 ** 21])('refuses a capacity of %s', (capacity) => {
    expect(() => new RecyclingObjectPool({ ...options, capacity })).toThrow(
      expect.objectContaining({ code: 'HIOLOAD_OPTION_INVALID' }),
    );
  });
});

describe('PlainObjectPool', () => {
  it('makes a new object each time', () => {
    const pool = new PlainObjectPool(options);
    const first = pool.acquire();
    pool.release();
    expect(pool.acquire()).not.toBe(first);
    expect(pool.stats()).toEqual({ idle: 0, created: 2, reused: 0, discarded: 1 });
  });
});
