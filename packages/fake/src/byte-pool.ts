// A fake byte pool for tests: finds blocks that are used or released after their release.
import { type BlockStats, type BytePool, HioloadError, type Lease } from '@hioload/api';
import { markAsUntransferable } from 'node:worker_threads';

const POISON = 0xdd;
/** Blocks start at this offset of their memory, so that code which assumes a `start` of 0 fails. */
const MARGIN = 8;
const SMALLEST_BLOCK = 16;

/** The options of a {@link FakeBytePool}. */
export interface FakeBytePoolOptions {
  /** Most bytes that may be lent at a time; a block counts with its capacity. Default: no limit. */
  readonly maxBytes?: number;
}

/**
 * A pool that counts lent blocks. It fills a released block with 0xdd, so that a use after the
 * release shows, and lends it again: the last released block of a size first. Sizes are powers of
 * two from 16 bytes on.
 *
 * ```ts
 * const pool = new FakeBytePool({ maxBytes: 4_096 });
 * const lease = pool.acquire(100); // 128 bytes
 * pool.acquire(4_000); // null: 128 bytes are out
 * lease?.release();
 * ```
 */
export class FakeBytePool implements BytePool {
  readonly maxBlockBytes: number;
  readonly #maxBytes: number;
  readonly #blocks = new Map<number, Blocks>();
  /** The lent blocks, and their bytes. */
  outstanding = 0;
  outstandingBytes = 0;
  /** The most bytes that were ever lent at a time. */
  peakBytes = 0;

  constructor(options: FakeBytePoolOptions = {}) {
    this.#maxBytes = options.maxBytes ?? Infinity;
    this.maxBlockBytes = this.#maxBytes;
  }

  acquire(byteLength: number): Lease | null {
    const capacity = 2 ** Math.ceil(Math.log2(Math.max(byteLength, SMALLEST_BLOCK)));
    const blocks = this.#blocksOf(capacity);
    if (this.outstandingBytes + capacity > this.#maxBytes) {
      blocks.exhausted += 1;
      return null;
    }
    this.outstanding += 1;
    this.outstandingBytes += capacity;
    this.peakBytes = Math.max(this.peakBytes, this.outstandingBytes);
    blocks.acquired += 1;
    blocks.inUse += 1;
    return (blocks.free.pop() ?? new FakeBlock(capacity, (freed) => this.#takeBack(freed))).lend();
  }

  stats(): readonly BlockStats[] {
    const sizes = [...this.#blocks].sort(([a], [b]) => a - b);
    return sizes.map(([blockBytes, { inUse, acquired, exhausted }]) => ({
      blockBytes,
      blocks: 0,
      inUse,
      acquired,
      exhausted,
    }));
  }

  #takeBack(block: FakeBlock): void {
    this.outstanding -= 1;
    this.outstandingBytes -= block.capacity;
    const blocks = this.#blocksOf(block.capacity);
    blocks.inUse -= 1;
    blocks.free.push(block);
  }

  #blocksOf(capacity: number): Blocks {
    let blocks = this.#blocks.get(capacity);
    if (blocks === undefined) {
      blocks = { free: [], inUse: 0, acquired: 0, exhausted: 0 };
      this.#blocks.set(capacity, blocks);
    }
    return blocks;
  }
}

/** The blocks of one size. */
interface Blocks {
  readonly free: FakeBlock[];
  inUse: number;
  acquired: number;
  exhausted: number;
}

class FakeBlock {
  readonly bytes: Uint8Array;
  readonly capacity: number;
  readonly #takeBack: (block: FakeBlock) => void;
  #leases = 0;

  constructor(capacity: number, takeBack: (block: FakeBlock) => void) {
    this.bytes = new Uint8Array(capacity + 2 * MARGIN).fill(POISON);
    markAsUntransferable(this.bytes.buffer);
    this.capacity = capacity;
    this.#takeBack = takeBack;
  }

  lend(): Lease {
    this.#leases += 1;
    return new FakeLease(this);
  }

  end(): void {
    this.#leases -= 1;
    if (this.#leases > 0) return;
    this.bytes.fill(POISON);
    this.#takeBack(this);
  }
}

class FakeLease implements Lease {
  readonly bytes: Uint8Array;
  readonly start = MARGIN;
  readonly capacity: number;
  readonly #block: FakeBlock;
  #hasEnded = false;

  constructor(block: FakeBlock) {
    this.#block = block;
    this.bytes = block.bytes;
    this.capacity = block.capacity;
  }

  view(byteLength: number = this.capacity): Uint8Array {
    this.#assertLent('view');
    if (byteLength <= this.capacity)
      return this.bytes.subarray(this.start, this.start + byteLength);
    throw new HioloadError(
      'HIOLOAD_OPTION_INVALID',
      `a view of a block must be 0 to ${this.capacity} bytes; got ${byteLength}`,
    );
  }

  retain(): Lease {
    this.#assertLent('retain');
    return this.#block.lend();
  }

  release(): void {
    this.#assertLent('release');
    this.#hasEnded = true;
    this.#block.end();
  }

  [Symbol.dispose](): void {
    this.release();
  }

  /** A lease as strict as that of a real pool in debug mode. */
  #assertLent(what: string): void {
    if (this.#hasEnded)
      throw new HioloadError('HIOLOAD_LEASE_ENDED', `${what}() of a lease that has ended`);
  }
}
