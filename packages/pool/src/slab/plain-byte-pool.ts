import { type BlockStats, type BytePool, HioloadError, type Lease } from '@hioload/api';
import { requireInteger } from '../shared/options.js';

/**
 * A pool that only allocates, to compare with and to swap in: it never runs dry and shares nothing
 * between threads.
 */
export class PlainBytePool implements BytePool {
  readonly maxBlockBytes: number;
  #acquired = 0;
  #inUse = 0;
  #exhausted = 0;

  /**
   * @param maxBlockBytes above which `acquire` answers `null`, as a slab does; 1 or more. Default:
   * 2^26
   */
  constructor(maxBlockBytes = 2 ** 26) {
    requireInteger('maxBlockBytes', maxBlockBytes, 1, 2 ** 31 - 1);
    this.maxBlockBytes = maxBlockBytes;
  }

  acquire(byteLength: number): Lease | null {
    if (byteLength > this.maxBlockBytes) {
      this.#exhausted++;
      return null;
    }
    this.#acquired++;
    this.#inUse++;
    return new PlainLease(new PlainBlock(byteLength, () => this.#inUse--));
  }

  stats(): readonly BlockStats[] {
    return [
      {
        blockBytes: this.maxBlockBytes,
        blocks: 0,
        inUse: this.#inUse,
        acquired: this.#acquired,
        exhausted: this.#exhausted,
      },
    ];
  }
}

/** Bytes, and how many leases there are on them. */
class PlainBlock {
  readonly bytes: Uint8Array;
  readonly #ended: () => void;
  #leases = 0;

  constructor(byteLength: number, ended: () => void) {
    this.bytes = new Uint8Array(byteLength);
    this.#ended = ended;
  }

  begin(): void {
    this.#leases++;
  }

  end(): void {
    if (--this.#leases === 0) this.#ended();
  }
}

class PlainLease implements Lease {
  readonly start = 0;
  readonly #block: PlainBlock;
  #live = true;

  constructor(block: PlainBlock) {
    this.#block = block;
    block.begin();
  }

  get bytes(): Uint8Array {
    return this.#block.bytes;
  }

  get capacity(): number {
    return this.#block.bytes.length;
  }

  view(byteLength = this.capacity): Uint8Array {
    this.#requireLive();
    requireInteger('byteLength of a view', byteLength, 0, this.capacity);
    return this.#block.bytes.subarray(0, byteLength);
  }

  retain(): Lease {
    this.#requireLive();
    return new PlainLease(this.#block);
  }

  /** A second one does nothing: the garbage collector is not to be confused. */
  release(): void {
    if (!this.#live) return;
    this.#live = false;
    this.#block.end();
  }

  [Symbol.dispose](): void {
    this.release();
  }

  #requireLive(): void {
    if (!this.#live)
      throw new HioloadError('HIOLOAD_LEASE_ENDED', 'lease of a plain pool: it was released');
  }
}
