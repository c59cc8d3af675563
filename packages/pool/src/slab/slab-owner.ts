import type { BlockStats } from '@hioload/api';
import { blockOf, freed, heldOnce, nextLease, NO_BLOCK } from './block-handle.js';
import { SlabEnd } from './slab-end.js';
import { homeOf, STATE } from './slab-layout.js';

/** What the owner alone knows of a class. */
class OwnedClass {
  /**
   * The next handles of free blocks, the one used last on top, because its bytes are in the cache.
   */
  readonly free: Int32Array;
  freeCount = 0;
  acquired = 0;
  exhausted = 0;

  constructor(blocks: number) {
    this.free = new Int32Array(blocks);
  }
}

/** A slab as the thread sees it that owns it, and that alone lends its blocks. */
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
      // The first block on top. In generation 0 a handle is the number of the block.
      for (let i = blocks - 1; i >= 0; i--) owned.free[owned.freeCount++] = firstBlock + i;
      return owned;
    });
    this.maxBlockBytes = this.blocks.places.at(-1)!.blockBytes;
  }

  /** Requests for more bytes than the largest block has. */
  get oversized(): number {
    return this.#oversized;
  }

  /**
   * A block of at least `byteLength` bytes with one reference, or `NO_BLOCK`, which is counted. Its
   * bytes are anything.
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
    // Those that came home are fetched only now: one exchange for all of them.
    if (owned.freeCount === 0 && this.#fetchHome(blockClass) === 0) {
      owned.exhausted++;
      return NO_BLOCK;
    }
    owned.acquired++;
    const handle = owned.free[--owned.freeCount]!;
    // Plain, because nobody else changes the state of a block that nobody refers to: 20 ns less
    // than an atomic store. Whoever is sent the handle sees this by what sent it.
    this.#words[this.blocks.headerIn(blockClass, blockOf(handle)) + STATE] = heldOnce(handle);
    return handle;
  }

  /**
   * Drops a reference. False where the handle had ended; in debug mode @throws HIOLOAD_LEASE_ENDED
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

  /** Blocks of a class that can be lent, without those that have come home since the last look. */
  freeBlocks(blockClass: number): number {
    return this.#classes[blockClass]!.freeCount;
  }

  /** The same once those are fetched. */
  fetchFreeBlocks(blockClass: number): number {
    this.#fetchHome(blockClass);
    return this.#classes[blockClass]!.freeCount;
  }

  /** Number of all blocks. */
  get blockCount(): number {
    return this.blocks.places.reduce((sum, { blocks }) => sum + blocks, 0);
  }

  /** Number of classes. */
  get classCount(): number {
    return this.#classes.length;
  }

  /** One entry per class, smallest first. Fetches home what waits there. */
  stats(): BlockStats[] {
    return this.#classes.map(({ acquired, exhausted, free }, blockClass) => {
      this.#fetchHome(blockClass);
      const { blockBytes } = this.blocks.places[blockClass]!;
      const inUse = free.length - this.#classes[blockClass]!.freeCount;
      return { blockBytes, blocks: free.length, inUse, acquired, exhausted };
    });
  }

  /**
   * Ends a block that the caller alone refers to, by a plain store: 20 ns less than an exchange.
   * Nobody can add a reference to it but the caller, and no other thread gets the block but by a
   * later lease. Not in debug mode, where two threads that release by one handle are found out.
   */
  #dropAlone(handle: number, blockClass: number): boolean {
    if (this.blocks.debug) return false;
    const at = this.blocks.headerIn(blockClass, blockOf(handle)) + STATE;
    const state = heldOnce(handle);
    // Pairs with the exchanges of those that released before: they are done with the payload.
    if (Atomics.load(this.#words, at) !== state) return false;
    this.#words[at] = freed(state);
    return true;
  }

  /** Takes all blocks of a class that came home, and says how many. */
  #fetchHome(blockClass: number): number {
    const owned = this.#classes[blockClass]!;
    const before = owned.freeCount;
    // A look first: an exchange takes the line away from those that release, a load only shares it.
    if (Atomics.load(this.#words, homeOf(blockClass)) === 0) return 0;
    // Pairs with the exchange in `sendHome`: NEXT of each block of the list was written before.
    let link = Atomics.exchange(this.#words, homeOf(blockClass), 0);
    while (link !== 0) {
      owned.free[owned.freeCount++] = ~link;
      link = this.#words[this.blocks.nextWord(blockOf(~link))]!;
    }
    return owned.freeCount - before;
  }
}
