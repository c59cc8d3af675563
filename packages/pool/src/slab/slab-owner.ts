/* A slab as its owner sees it, the one thread that lends the blocks. */
import type { BlockStats } from '@hioload/api';
import { blockOf, freed, heldOnce, nextLease, NO_BLOCK } from './block-handle.js';
import { SlabEnd } from './slab-end.js';
import { homeOf, STATE } from './slab-layout.js';

/** What only the owner knows of a class. */
class OwnedClass {
  /**
   * The next handles of the free blocks. The block that was used last is on top, because its bytes
   * are in the cache.
   */
  readonly free: Int32Array;
  freeCount = 0;
  acquired = 0;
  exhausted = 0;

  constructor(blocks: number) {
    this.free = new Int32Array(blocks);
  }
}

/** The end of the thread that owns the slab. Only the owner lends blocks. */
export class SlabOwner extends SlabEnd {
  /** Bytes of the largest block. */
  readonly maxBlockBytes: number;
  readonly #words: Int32Array;
  readonly #classes: readonly OwnedClass[];
  #oversized = 0;

  constructor(words: Int32Array, debug: boolean) {
    super(words, debug);
    this.#words = words;
    this.#classes = this.blocks.places.map(({ firstBlock, blocks }) => {
      const owned = new OwnedClass(blocks);
      // The first block comes on top. In generation 0 a handle is the number of the block.
      for (let i = blocks - 1; i >= 0; i--) owned.free[owned.freeCount++] = firstBlock + i;
      return owned;
    });
    this.maxBlockBytes = this.blocks.places.at(-1)!.blockBytes;
  }

  /** How many requests asked for more bytes than the largest block has. */
  get oversized(): number {
    return this.#oversized;
  }

  /**
   * Lends a block of at least `byteLength` bytes, with one reference. The bytes have any value.
   * @returns the handle, or `NO_BLOCK`, which is counted
   */
  tryAcquire(byteLength: number): number {
    const { places } = this.blocks;
    let blockClass = 0;
    while (places[blockClass]!.blockBytes < byteLength) {
      blockClass++;
      if (blockClass === places.length) {
        this.#oversized++;
        return NO_BLOCK;
      }
    }
    const owned = this.#classes[blockClass]!;
    // The owner fetches the blocks that came home only now, all of them by one exchange.
    if (owned.freeCount === 0 && this.#fetchHome(blockClass) === 0) {
      owned.exhausted++;
      return NO_BLOCK;
    }
    owned.acquired++;
    const handle = owned.free[--owned.freeCount]!;
    // A plain store costs 20 ns less than an atomic one. No other thread changes the state of a
    // block without references. A thread that is sent the handle sees this store, because the
    // sending orders it.
    this.#words[this.blocks.headerIn(blockClass, blockOf(handle)) + STATE] = heldOnce(handle);
    return handle;
  }

  /**
   * Drops a reference.
   * @returns false where the handle had ended
   * @throws HIOLOAD_LEASE_ENDED instead, in debug mode
   */
  release(handle: number): boolean {
    const blockClass = this.blocks.classOf(blockOf(handle));
    const dropped = this.#dropAlone(handle, blockClass)
      ? nextLease(handle)
      : this.blocks.drop(handle, blockClass);
    if (dropped >= 0) {
      const owned = this.#classes[blockClass]!;
      owned.free[owned.freeCount++] = dropped;
    }
    return dropped >= -1;
  }

  /**
   * How many blocks of a class can be lent, without the blocks that came home since the last look.
   */
  freeBlocks(blockClass: number): number {
    return this.#classes[blockClass]!.freeCount;
  }

  /** The same after the blocks that came home are fetched. */
  fetchFreeBlocks(blockClass: number): number {
    this.#fetchHome(blockClass);
    return this.#classes[blockClass]!.freeCount;
  }

  /** The number of all blocks. */
  get blockCount(): number {
    return this.blocks.places.reduce((sum, { blocks }) => sum + blocks, 0);
  }

  /** The number of classes. */
  get classCount(): number {
    return this.#classes.length;
  }

  /** One entry per class, smallest first. Fetches the blocks that came home. */
  stats(): BlockStats[] {
    return this.#classes.map(({ acquired, exhausted, free }, blockClass) => {
      this.#fetchHome(blockClass);
      const { blockBytes } = this.blocks.places[blockClass]!;
      const inUse = free.length - this.#classes[blockClass]!.freeCount;
      return { blockBytes, blocks: free.length, inUse, acquired, exhausted };
    });
  }

  /**
   * Ends a block whose only reference is that of the caller, by a plain store: 20 ns less than an
   * exchange. Only the caller can add a reference to that block, and another thread gets the block
   * only by a later lease. Not in debug mode, which finds two threads that release by one handle.
   */
  #dropAlone(handle: number, blockClass: number): boolean {
    if (this.blocks.debug) return false;
    const at = this.blocks.headerIn(blockClass, blockOf(handle)) + STATE;
    const state = heldOnce(handle);
    // Pairs with the exchanges of the threads that released before: they are done with the payload.
    if (Atomics.load(this.#words, at) !== state) return false;
    this.#words[at] = freed(state);
    return true;
  }

  /**
   * Takes all blocks of a class that came home.
   * @returns how many there were
   */
  #fetchHome(blockClass: number): number {
    const owned = this.#classes[blockClass]!;
    const before = owned.freeCount;
    // A load comes first: an exchange takes the line away from the threads that release, and a load
    // only shares it.
    if (Atomics.load(this.#words, homeOf(blockClass)) === 0) return 0;
    // Pairs with the exchange in `sendHome`: the NEXT of each block of the list was written before.
    let link = Atomics.exchange(this.#words, homeOf(blockClass), 0);
    while (link !== 0) {
      owned.free[owned.freeCount++] = ~link;
      link = this.#words[this.blocks.nextWord(blockOf(~link))]!;
    }
    return owned.freeCount - before;
  }
}
