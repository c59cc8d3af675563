/* Fake pools of one thread, for tests. */
import type { ObjectPool, ThreadPools } from '@hioload/api';
import { FakeBytePool, type FakeBytePoolOptions } from './byte-pool.js';
import { FakeObjectPool } from './object-pool.js';

/**
 * Pools of one thread that find misuse. A use of a block after its release shows, and a second
 * release of a block or an object throws.
 */
export class FakeThreadPools implements ThreadPools {
  readonly bytes: FakeBytePool;

  /** @param options the options of the pool of bytes */
  constructor(options?: FakeBytePoolOptions) {
    this.bytes = new FakeBytePool(options);
  }

  objects<T extends object>(make: () => T, maxIdle: number): ObjectPool<T> {
    return new FakeObjectPool(make, maxIdle);
  }
}
