/** Pools of bytes and of objects, and the leases on their blocks. */

/**
 * A block of memory on loan. The lease ends with its first `release`. A holder that needs the block
 * for longer calls `retain` before.
 */
export interface Lease extends Disposable {
  /** The memory that holds the block. It may be shared between threads. */
  readonly bytes: Uint8Array;
  /** The offset in `bytes` at which the block begins; a multiple of 8. */
  readonly start: number;
  /** The size of the block in bytes; at least the size that `acquire` was called with. */
  readonly capacity: number;
  /**
   * A view of the first `byteLength` bytes of the block; default: all. The view is valid until
   * `release`. A short view does not change the size of the block.
   * @throws HIOLOAD_LEASE_ENDED, HIOLOAD_OPTION_INVALID above the capacity
   */
  view(byteLength?: number): Uint8Array;
  /** Another lease on the same block, which ends on its own. @throws HIOLOAD_LEASE_ENDED */
  retain(): Lease;
  /**
   * Ends the lease. A second call does nothing; in debug mode it throws HIOLOAD_LEASE_ENDED.
   */
  release(): void;
}

/** The figures of a pool of bytes, for one size of blocks. */
export interface BlockStats {
  readonly blockBytes: number;
  /** The number of blocks; 0 if the pool has no limit. */
  readonly blocks: number;
  /** Blocks on loan. A block counts until the pool has taken it back. */
  readonly inUse: number;
  /** The number of leases that `acquire` has begun. */
  readonly acquired: number;
  /** The number of times that `acquire` found no block. */
  readonly exhausted: number;
}

/** Lends memory. Belongs to one thread; leases may end on others. */
export interface BytePool {
  /** The size of the largest block, in bytes. */
  readonly maxBlockBytes: number;
  /**
   * Lends a block of at least `byteLength` bytes. The block may hold old bytes.
   * @returns `null` if no block is free, or if no block is large enough
   */
  acquire(byteLength: number): Lease | null;
  /** The figures, one entry per size, smallest size first. */
  stats(): readonly BlockStats[];
  /** Lets go of the idle blocks, after a busy time. A pool of a fixed size has no such function. */
  trim?(): void;
}

/** The figures of a pool of objects. */
export interface ObjectPoolStats {
  /** Objects in the pool, ready to be lent. */
  readonly idle: number;
  /** Objects that the pool made because it had none. */
  readonly created: number;
  /** Loans of an object that had been lent before. */
  readonly reused: number;
  /** Objects that the pool did not keep because it had enough. */
  readonly discarded: number;
}

/** Lends objects, to spare the garbage collector. Belongs to one thread. */
export interface ObjectPool<T extends object> {
  acquire(): T;
  /**
   * Takes an object back.
   * @throws HIOLOAD_LEASE_ENDED in debug mode, for an object that is not on loan from this pool
   */
  release(object: T): void;
  stats(): ObjectPoolStats;
}

/**
 * The pools of one reactor thread. Their memory is plain, not shared between threads, and lies on
 * the node of the thread. Belongs to that thread.
 */
export interface ThreadPools {
  /** Lends blocks of bytes; `bytes.buffer` of each block is an `ArrayBuffer`. */
  readonly bytes: BytePool;
  /**
   * Makes a pool of objects of one kind.
   * @param make makes an object that is ready for use
   * @param maxIdle most idle objects that the pool keeps, 1..2^20
   * @throws HIOLOAD_OPTION_INVALID
   */
  objects<T extends object>(make: () => T, maxIdle: number): ObjectPool<T>;
}
