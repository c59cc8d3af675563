// Tests of the pool of objects.
import { createThreadPools, RecyclingObjectPool } from '@hioload/pool';
import { describe, expect, it } from 'vitest';

interface Point {
  x: number;
}
const options = { make: (): Point => ({ x: 0 }), maxIdle: 2 };

describe('RecyclingObjectPool', () => {
  it('lends again the object that came back', () => {
    const pool = new RecyclingObjectPool(options);
    const first = pool.acquire();
    pool.release(first);
    expect(pool.acquire()).toBe(first);
    expect(pool.stats()).toEqual({ idle: 0, created: 1, reused: 1, discarded: 0 });
  });

  it('keeps no more idle objects than maxIdle', () => {
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

  it.each([0, -1, 2.5, 2 ** 21])('refuses a maxIdle of %s', (maxIdle) => {
    expect(() => new RecyclingObjectPool({ ...options, maxIdle })).toThrow(
      expect.objectContaining({ code: 'HIOLOAD_OPTION_INVALID' }),
    );
  });
});

describe('createThreadPools', () => {
  it('makes a pool of plain bytes with the requested limit', () => {
    const { bytes } = createThreadPools({ maxBytes: 8_192 });
    const lease = bytes.acquire(8_192)!;
    expect(lease.bytes.buffer).toBeInstanceOf(ArrayBuffer);
    expect(bytes.acquire(1)).toBeNull();
    lease.release();
    expect(bytes.acquire(1)).not.toBeNull();
  });

  it('makes a pool of its own for each kind of object', () => {
    const pools = createThreadPools();
    const [first, second] = [pools.objects(options.make, 1), pools.objects(options.make, 1)];
    first.release(first.acquire());
    expect([first.stats().idle, second.stats().idle]).toEqual([1, 0]);
  });
});
