/* Blocks of plain memory that one thread lends over and over. */
import { type BlockStats, type BytePool, HioloadError, type Lease } from '@hioload/api';
import { markAsUntransferable } from 'node:worker_threads';
import { debugByDefault } from '../shared/debug-mode.js';
import { requireInteger } from '../shared/options.js';

const SMALLEST_LOG2 = 12;
const LARGEST_LOG2 = 30;
const SMALLEST_BYTES = 2 ** SMALLEST_LOG2;
const LARGEST_BYTES = 2 ** LARGEST_LOG2;
/** Most bytes that the idle blocks of one size keep. */
const MAX_IDLE_BYTES = 2 ** 22;
const DEFAULT_MAX_BYTES = 2 ** 29;

/** Options of a {@link PlainBytePool}. */
export interface PlainBytePoolOptions {
  /** Most bytes that may be out at a time, 4,096..2^53 - 1. Default: 512 MiB. */
  readonly maxBytes?: number;
  /** Whether a second release of a lease throws. Default: `HIOLOAD_DEBUG`. */
  readonly debug?: boolean;
}

/**
 * Lends blocks of plain memory to one thread. The blocks are powers of two from 4 KiB to 1 GiB.
 * Plain memory can be handed to web APIs, which refuse memory that threads share.
 *
 * A block is its own lease, which saves one object for each message. So nobody may touch a lease
 * after its end: the pool may have lent the same object again. Tests find such a use with
 * `FakeBytePool`.
 */
export class PlainBytePool implements BytePool {
  readonly maxBlockBytes: number;
  readonly debug: boolean;
  readonly #maxBytes: number;
  /** The blocks of one size, by the logarithm of the size. */
  readonly #shelves = Array.from({ length: LARGEST_LOG2 + 1 }, (_, log2) => new Shelf(2 ** log2));
  #bytes = 0;

  /** @throws HIOLOAD_OPTION_INVALID */
  constructor(options: PlainBytePoolOptions = {}) {
    const { maxBytes = DEFAULT_MAX_BYTES, debug = debugByDefault() } = options;
    requireInteger('maxBytes', maxBytes, SMALLEST_BYTES, Number.MAX_SAFE_INTEGER);
    this.#maxBytes = maxBytes;
    this.maxBlockBytes = Math.min(LARGEST_BYTES, 2 ** Math.floor(Math.log2(maxBytes)));
    this.debug = debug;
  }

  acquire(byteLength: number): Lease | null {
    // `clz32` sees only the low 32 bits of a length, so longer requests end here.
    if (byteLength > this.maxBlockBytes) return null;
    const log2 = byteLength <= SMALLEST_BYTES ? SMALLEST_LOG2 : 32 - Math.clz32(byteLength - 1);
    const shelf = this.#shelves[log2]!;
    if (this.#bytes + shelf.blockBytes > this.#maxBytes) {
      shelf.exhausted += 1;
      return null;
    }
    const block = shelf.lend(this);
    if (block !== null) this.#bytes += shelf.blockBytes;
    return block;
  }

  /** Notes that a block is home again. */
  returned(blockBytes: number): void {
    this.#bytes -= blockBytes;
  }

  trim(): void {
    for (const { idle } of this.#shelves) idle.length = 0;
  }

  stats(): readonly BlockStats[] {
    return this.#shelves
      .filter(({ acquired, exhausted }) => acquired + exhausted > 0)
      .map(({ blockBytes, inUse, acquired, exhausted }) => ({
        blockBytes,
        blocks: 0,
        inUse,
        acquired,
        exhausted,
      }));
  }
}

/** The blocks of one size. */
class Shelf {
  readonly blockBytes: number;
  readonly idle: Block[] = [];
  inUse = 0;
  acquired = 0;
  exhausted = 0;

  constructor(blockBytes: number) {
    this.blockBytes = blockBytes;
  }

  /** @returns null where the process has no memory for a new block */
  lend(pool: PlainBytePool): Block | null {
    const block = this.idle.pop() ?? this.#make(pool);
    if (block === null) {
      this.exhausted += 1;
      return null;
    }
    this.inUse += 1;
    this.acquired += 1;
    block.leases = 1;
    return block;
  }

  #make(pool: PlainBytePool): Block | null {
    try {
      return new Block(this, pool);
    } catch (error) {
      if (error instanceof RangeError) return null;
      throw error;
    }
  }
}

/** A block and the lease on it. */
class Block implements Lease {
  readonly start = 0;
  readonly capacity: number;
  readonly bytes: Uint8Array;
  leases = 0;
  readonly #shelf: Shelf;
  readonly #pool: PlainBytePool;

  constructor(shelf: Shelf, pool: PlainBytePool) {
    this.capacity = shelf.blockBytes;
    this.bytes = new Uint8Array(shelf.blockBytes);
    // A user who transferred a view of the block would take the memory of all connections.
    markAsUntransferable(this.bytes.buffer);
    this.#shelf = shelf;
    this.#pool = pool;
  }

  view(byteLength: number = this.capacity): Uint8Array {
    if (this.leases === 0) throw ended();
    if (byteLength <= this.capacity) return this.bytes.subarray(0, byteLength);
    throw new HioloadError(
      'HIOLOAD_OPTION_INVALID',
      `the view of a block must have 0 to ${this.capacity} bytes; got ${byteLength}`,
    );
  }

  retain(): Lease {
    if (this.leases === 0) throw ended();
    this.leases += 1;
    return this;
  }

  release(): void {
    if (this.leases === 0) {
      if (this.#pool.debug) throw ended();
      return;
    }
    this.leases -= 1;
    if (this.leases > 0) return;
    const shelf = this.#shelf;
    shelf.inUse -= 1;
    this.#pool.returned(this.capacity);
    // In Node 22, `ArrayBuffer.prototype.transfer` takes the memory of a block despite its mark.
    if (this.bytes.length !== this.capacity) return;
    if ((shelf.idle.length + 1) * this.capacity <= MAX_IDLE_BYTES) shelf.idle.push(this);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

function ended(): HioloadError {
  return new HioloadError('HIOLOAD_LEASE_ENDED', 'the lease of a plain block was released before');
}
