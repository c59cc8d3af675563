/* The pools of one thread: bytes and objects in plain memory. */
import type { ThreadPools } from '@hioload/api';
import { RecyclingObjectPool } from './object-pool.js';
import { PlainBytePool, type PlainBytePoolOptions } from './plain-byte-pool.js';

/**
 * Makes the pools of the calling thread. Call it on the thread that will use them, once that thread
 * is pinned: the memory then lies on the node of the thread.
 * @param options `maxBytes` limits the pool of bytes; `debug` holds for all pools
 * @throws HIOLOAD_OPTION_INVALID
 */
export function createThreadPools(options: PlainBytePoolOptions = {}): ThreadPools {
  const { debug } = options;
  return {
    bytes: new PlainBytePool(options),
    objects: (make, maxIdle) =>
      new RecyclingObjectPool({ make, maxIdle, ...(debug === undefined ? {} : { debug }) }),
  };
}
