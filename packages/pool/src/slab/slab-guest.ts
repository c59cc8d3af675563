/* A slab as the threads see it that do not own it. */
import { blockOf } from './block-handle.js';
import { SlabEnd } from './slab-end.js';

/**
 * The end of a thread that does not own the slab. It uses and releases blocks whose handles another
 * thread sent.
 */
export class SlabGuest extends SlabEnd {
  /**
   * Drops a reference. With the last reference the block goes home, without a lock and without a
   * wake-up of the owner.
   * @returns false where the handle had ended
   * @throws HIOLOAD_LEASE_ENDED instead, in debug mode
   */
  release(handle: number): boolean {
    const blockClass = this.blocks.classOf(blockOf(handle));
    const dropped = this.blocks.drop(handle, blockClass);
    if (dropped >= 0) this.blocks.sendHome(dropped, blockClass);
    return dropped >= -1;
  }
}
