/* The leases of a slab as objects, and the pool that lends them. */
import { type BlockStats, type BytePool, HioloadError, type Lease } from '@hioload/api';
import { debugByDefault } from '../shared/debug-mode.js';
import { requireInteger } from '../shared/options.js';
import { NO_BLOCK } from './block-handle.js';
import type { SlabEndOptions } from './slab.js';
import type { SlabOwner } from './slab-owner.js';

/**
 * A lease of a slab as an object. It costs 25 ns and 56 bytes more than a handle, and cannot be
 * mistaken for a later lease.
 */
export class SlabLease implements Lease {
  readonly start: number;
  readonly capacity: number;
  /**
   * Names the block to other threads, as long as a lease on the block lives. The `SlabGuest` of
   * another thread reads and releases the block by this handle.
   */
  readonly handle: number;
  readonly #slab: SlabOwner;
  readonly #debug: boolean;
  #live = true;

  constructor(slab: SlabOwner, handle: number, debug: boolean) {
    this.#slab = slab;
    this.#debug = debug;
    this.handle = handle;
    this.start = slab.startOf(handle);
    this.capacity = slab.capacityOf(handle);
  }

  get bytes(): Uint8Array {
    return this.#slab.bytes;
  }

  view(byteLength = this.capacity): Uint8Array {
    if (!this.#live) throw this.#ended();
    requireInteger('byteLength of a view', byteLength, 0, this.capacity);
    return this.#slab.bytes.subarray(this.start, this.start + byteLength);
  }

  retain(): SlabLease {
    if (!this.#live) throw this.#ended();
    this.#slab.retain(this.handle);
    return new SlabLease(this.#slab, this.handle, this.#debug);
  }

  release(): void {
    if (this.#live) {
      this.#live = false;
      this.#slab.release(this.handle);
    } else if (this.#debug) {
      throw this.#ended();
    }
  }

  [Symbol.dispose](): void {
    this.release();
  }

  #ended(): HioloadError {
    return new HioloadError('HIOLOAD_LEASE_ENDED', `lease ${String(this.handle)}: it was released`);
  }
}

/** A pool of bytes in a slab, for the thread that owns the slab. */
export class SlabPool implements BytePool {
  readonly maxBlockBytes: number;
  readonly #owner: SlabOwner;
  readonly #debug: boolean;

  constructor(owner: SlabOwner, { debug = debugByDefault() }: SlabEndOptions = {}) {
    this.#owner = owner;
    this.#debug = debug;
    this.maxBlockBytes = owner.maxBlockBytes;
  }

  acquire(byteLength: number): SlabLease | null {
    const handle = this.#owner.tryAcquire(byteLength);
    return handle === NO_BLOCK ? null : new SlabLease(this.#owner, handle, this.#debug);
  }

  stats(): readonly BlockStats[] {
    return this.#owner.stats();
  }
}
