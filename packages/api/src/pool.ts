/**
 * A block of memory on loan. Ends with the first `release`; whoever needs the block longer retains
 * it before.
 */
export interface Lease extends Disposable {
  /** The memory that the block lies in; shared between threads or not. */
  readonly bytes: Uint8Array;
  /** Where the block begins in `bytes`; a multiple of 8. */
  readonly start: number;
  /** Bytes of the block, at least as many as were asked for. */
  readonly capacity: number;
  /**
   * The first `byteLength` bytes of the block, by default all; valid until `release`. However short
   * the view, the block keeps its size.
   * @throws HIOLOAD_LEASE_ENDED, HIOLOAD_OPTION_INVALID above the capacity
   */
  view(byteLength?: number): Uint8Array;
  /** Another lease on the same block, which ends on its own. @throws HIOLOAD_LEASE_ENDED */
  retain(): Lease;
  /**
   * Ends the lease. Of a lease that has ended: nothing happens; in debug mode it throws
   * HIOLOAD_LEASE_ENDED.
   */
  release(): void;
}

/** What a pool of bytes has done, per size of its blocks. */
export interface BlockStats {
  readonly blockBytes: number;
  /** Blocks that there are. 0 where the pool has no limit. */
  readonly blocks: number;
  /** Blocks out on loan, those on their way home included. */
  readonly inUse: number;
  /** Leases begun with `acquire`. */
  readonly acquired: number;
  /** Times that `acquire` found nothing. */
  readonly exhausted: number;
}

/** Lends memory. Belongs to one thread; leases may end on others. */
export interface BytePool {
  /** Largest block, in bytes. */
  readonly maxBlockBytes: number;
  /**
   * A block of at least `byteLength` bytes, or `null` where none is free or none is large enough.
   * Its bytes are anything.
   */
  acquire(byteLength: number): Lease | null;
  /** One entry per size, smallest first. */
  stats(): readonly BlockStats[];
}

/** What a pool of objects has done. */
export interface ObjectPoolStats {
  /** Objects that wait to be lent. */
  readonly idle: number;
  /** Objects made because none waited. */
  readonly created: number;
  /** Objects lent that had been used before. */
  readonly reused: number;
  /** Objects let go because enough waited already. */
  readonly discarded: number;
}

/** Lends objects, to spare the garbage collector. Belongs to one thread. */
export interface ObjectPool<T extends object> {
  acquire(): T;
  /**
   * Takes an object back. In debug mode @throws HIOLOAD_LEASE_ENDED for one that is not out on loan
   * from this pool
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
