// A block of a pool that is exchanged for a larger one as bytes arrive.
import type { BytePool, GrowingBytes, Lease } from '@hioload/api';
import { copyBytes } from './copy-bytes.js';

const FIRST_BLOCK_BYTES = 4_096;
const NOTHING = new Uint8Array(0);

/**
 * Gathers bytes in one block of a pool, and exchanges the block for a larger one as bytes arrive. A
 * peer that announces much and sends little costs at most twice the bytes that it sent.
 */
export class GrowingBlock implements GrowingBytes {
  #pool: BytePool;
  #lease: Lease | undefined;
  /** The memory that holds the bytes, at `start..end`; empty while there are none. */
  bytes: Uint8Array = NOTHING;
  start = 0;
  end = 0;

  constructor(pool: BytePool) {
    this.#pool = pool;
  }

  get byteLength(): number {
    return this.end - this.start;
  }

  /** Takes later blocks from another pool. Allowed while nothing is reserved. */
  drawFrom(pool: BytePool): void {
    this.#pool = pool;
  }

  /** Octets that fit into the block after `end`. */
  get room(): number {
    return this.#lease === undefined ? 0 : this.#lease.start + this.#lease.capacity - this.end;
  }

  /**
   * Makes room for `extra` octets after `end`.
   * @param most the largest number of octets that the block will ever hold, as far as the caller
   * knows; the block does not grow beyond it
   * @returns false if the pool has no memory left
   */
  reserve(extra: number, most: number): boolean {
    const needed = this.end - this.start + extra;
    const capacity = this.#lease === undefined ? -1 : this.#lease.capacity;
    if (needed <= capacity) return true;
    const wished = Math.min(most, Math.max(needed, 2 * capacity, FIRST_BLOCK_BYTES));
    // The pool may have no block of the wished size, and still have one of the needed size.
    const larger = this.#pool.acquire(Math.max(needed, Math.min(wished, this.#pool.maxBlockBytes)));
    if (larger === null) return false;
    copyBytes(this.bytes, this.start, this.end, larger.bytes, larger.start);
    this.end = larger.start + (this.end - this.start);
    this.start = larger.start;
    this.bytes = larger.bytes;
    this.#lease?.release();
    this.#lease = larger;
    return true;
  }

  /** Copies `source[start..end)` behind what is there. Room must have been reserved. */
  append(source: Uint8Array, start: number, end: number): void {
    copyBytes(source, start, end, this.bytes, this.end);
    this.end += end - start;
  }

  advance(written: number): void {
    this.end += written;
  }

  /** Gives the block back; there is nothing in it any more. */
  release(): void {
    this.take()?.release();
  }

  /**
   * Hands the block with its bytes over to the caller, who must release it. Returns undefined if
   * nothing was reserved.
   */
  take(): Lease | undefined {
    const lease = this.#lease;
    this.#lease = undefined;
    this.bytes = NOTHING;
    this.start = this.end = 0;
    return lease;
  }
}
