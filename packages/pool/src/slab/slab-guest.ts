import { blockOf } from './block-handle.js';
import { SlabEnd } from './slab-end.js';

/**
 * A slab as threads see it that do not own it: they use and release blocks whose handles they were
 * sent.
 */
export class SlabGuest extends SlabEnd {
  /**
   * Drops a reference; with the last one the block goes home, without a lock and without waking the
   * owner.
   * @returns false where the handle had ended; in debug mode @throws HIOLOAD_LEASE_ENDED
   */
  release(handle: number): boolean {
    const blockClass = this.blocks.classOf(blockOf(handle));
    const dropped = this.blocks.drop(handle, blockClass);
    if (dropped >= 0) this.blocks.sendHome(dropped, blockClass);
    return dropped >= -1;
  }
}
