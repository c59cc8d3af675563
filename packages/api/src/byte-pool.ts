/** A borrowed block of bytes: `bytes[start..end)` is yours to read and write until it is released. */
export interface ByteLease {
  /** The memory the block lies in; what is outside of `start..end` belongs to others. */
  readonly bytes: Uint8Array;
  readonly start: number;
  /** At least as far from `start` as was asked for. */
  readonly end: number;
  /** Gives the block back. A second call is a no-op. */
  release(): void;
  [Symbol.dispose](): void;
}

/** Blocks of bytes to borrow, on the thread that made the pool. */
export interface BytePool {
  /**
   * Borrows a block. Its content is whatever was there before.
   * @param minBytes 0 or more
   * @returns undefined where the pool has nothing left to give: expected, and for the caller to act on
   */
  acquire(minBytes: number): ByteLease | undefined;
}
