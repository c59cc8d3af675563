/* What the owner and the guests of a slab have in common. */
import { blockOf } from './block-handle.js';
import { SlabBlocks } from './slab-blocks.js';

/** An end of a slab. It finds blocks by their handles, and adds references. */
export abstract class SlabEnd {
  /** The memory that `startOf` counts in. */
  readonly bytes: Uint8Array;
  protected readonly blocks: SlabBlocks;

  constructor(words: Int32Array, debug: boolean) {
    this.blocks = new SlabBlocks(words, debug);
    this.bytes = this.blocks.bytes;
  }

  /** Where a block begins in `bytes`. Valid while the handle is valid. */
  startOf(handle: number): number {
    return this.blocks.startOf(handle);
  }

  /** Bytes of a block. */
  capacityOf(handle: number): number {
    return this.blocks.capacityOf(handle);
  }

  /** The class of a block: its index in `SlabOwner.stats`. */
  classOf(handle: number): number {
    return this.blocks.classOf(blockOf(handle));
  }

  /**
   * Adds references, 1 by default.
   * @returns false where the handle has ended
   * @throws HIOLOAD_LEASE_ENDED instead, in debug mode
   */
  retain(handle: number, count = 1): boolean {
    return this.blocks.retain(handle, count);
  }
}
