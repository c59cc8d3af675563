import { blockOf } from './block-handle.js';
import { SlabBlocks } from './slab-blocks.js';

/**
 * What owner and guests of a slab have in common: they look blocks up by their handles, and hold
 * them longer.
 */
export abstract class SlabEnd {
  /** The memory that `startOf` counts in. */
  readonly bytes: Uint8Array;
  protected readonly blocks: SlabBlocks;

  constructor(words: Int32Array, debug: boolean) {
    this.blocks = new SlabBlocks(words, debug);
    this.bytes = this.blocks.bytes;
  }

  /** Where a block begins in `bytes`. Valid while the handle is. */
  startOf(handle: number): number {
    return this.blocks.startOf(handle);
  }

  /** Bytes of a block. */
  capacityOf(handle: number): number {
    return this.blocks.capacityOf(handle);
  }

  /** The class of a block, by the index that `SlabOwner.stats` has. */
  classOf(handle: number): number {
    return this.blocks.classOf(blockOf(handle));
  }

  /**
   * Adds references, 1 by default. False where the handle has ended; in debug mode @throws
   * HIOLOAD_LEASE_ENDED
   */
  retain(handle: number, count = 1): boolean {
    return this.blocks.retain(handle, count);
  }
}
