import { blockOf } from './block-handle.js';
import { SlabBlocks } from './slab-blocks.js';

/** A slab as threads see it that do not own it: they use and release blocks whose handles they were sent. */
export class SlabGuest {
  /** The memory that `startOf` counts in. */
  readonly bytes: Uint8Array;
  readonly #blocks: SlabBlocks;

  constructor(words: Int32Array, debug: boolean) {
    this.#blocks = new SlabBlocks(words, debug);
    this.bytes = this.#blocks.bytes;
  }

  /** Where a block begins in `bytes`. Valid while the handle is. */
  startOf(handle: number): number {
    return this.#blocks.startOf(handle);
  }

  /** Bytes of a block. */
  capacityOf(handle: number): number {
    return this.#blocks.capacityOf(handle);
  }

  /** Adds references, 1 by default. False where the handle has ended; in debug mode @throws HIOLOAD_LEASE_ENDED */
  retain(handle: number, count = 1): boolean {
    return this.#blocks.retain(handle, count);
  }

  /**
   * Drops a reference; with the last one the block goes home, without a lock and without waking the owner.
   * @returns false where the handle had ended; in debug mode @throws HIOLOAD_LEASE_ENDED
   */
  release(handle: number): boolean {
    const blockClass = this.#blocks.classOf(blockOf(handle));
    const dropped = this.#blocks.drop(handle, blockClass);
    if (dropped >= 0) this.#blocks.sendHome(dropped, blockClass);
    return dropped >= -1;
  }
}
