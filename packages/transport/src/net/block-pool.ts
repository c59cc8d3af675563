import { type BlockStats, type BytePool, HioloadError, type Lease } from '@hioload/api';

const SMALLEST_LOG2 = 12;
const LARGEST_LOG2 = 30;
/** Bytes that wait in blocks of one size. */
const MAX_IDLE_BYTES = 2 ** 22;
/** Bytes that all connections of a transport may have in blocks. */
const DEFAULT_MAX_BYTES = 2 ** 29;

/**
 * Blocks of plain memory for one thread, in powers of two from 4 KiB on, lent over and over: what
 * messages are read into may be handed to web APIs, which refuse memory that is shared. A block is
 * its own lease, which saves an object a message; so a lease must not be touched after its end,
 * which tests prove with a pool that finds out.
 */
export class BlockPool implements BytePool {
  readonly maxBlockBytes = 2 ** LARGEST_LOG2;
  readonly #maxBytes: number;
  readonly #shelves = Array.from({ length: LARGEST_LOG2 + 1 }, (_, log2) => new Shelf(2 ** log2));
  #bytes = 0;

  /** @param maxBytes that may be out at a time */
  constructor(maxBytes = DEFAULT_MAX_BYTES) {
    this.#maxBytes = maxBytes;
  }

  acquire(byteLength: number): Lease | null {
    // Above 2^32 the bits of the length say nothing of it.
    if (byteLength > this.maxBlockBytes) return null;
    const log2 = Math.max(SMALLEST_LOG2, 32 - Math.clz32(byteLength - 1));
    const shelf = this.#shelves[log2]!;
    if (this.#bytes + shelf.blockBytes > this.#maxBytes) {
      shelf.exhausted += 1;
      return null;
    }
    this.#bytes += shelf.blockBytes;
    return shelf.lend(this);
  }

  /** A block is home again. */
  returned(blockBytes: number): void {
    this.#bytes -= blockBytes;
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

  lend(pool: BlockPool): Block {
    this.inUse += 1;
    this.acquired += 1;
    const block = this.idle.pop() ?? new Block(this, pool);
    block.leases = 1;
    return block;
  }
}

class Block implements Lease {
  readonly start = 0;
  readonly capacity: number;
  readonly bytes: Uint8Array;
  leases = 0;
  readonly #shelf: Shelf;
  readonly #pool: BlockPool;

  constructor(shelf: Shelf, pool: BlockPool) {
    this.capacity = shelf.blockBytes;
    this.bytes = new Uint8Array(shelf.blockBytes);
    this.#shelf = shelf;
    this.#pool = pool;
  }

  view(byteLength: number = this.capacity): Uint8Array {
    this.#requireLent();
    if (byteLength <= this.capacity) return this.bytes.subarray(0, byteLength);
    throw new HioloadError(
      'HIOLOAD_OPTION_INVALID',
      `view of ${byteLength} bytes of a block: allowed is 0..${this.capacity}`,
    );
  }

  retain(): Lease {
    this.#requireLent();
    this.leases += 1;
    return this;
  }

  release(): void {
    if (this.leases === 0) return;
    this.leases -= 1;
    if (this.leases > 0) return;
    const shelf = this.#shelf;
    shelf.inUse -= 1;
    this.#pool.returned(this.capacity);
    if ((shelf.idle.length + 1) * this.capacity <= MAX_IDLE_BYTES) shelf.idle.push(this);
  }

  [Symbol.dispose](): void {
    this.release();
  }

  #requireLent(): void {
    if (this.leases === 0)
      throw new HioloadError('HIOLOAD_LEASE_ENDED', 'lease of a block pool: it was released');
  }
}
