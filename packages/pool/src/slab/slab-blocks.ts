/* The blocks of a slab, as every attached thread sees them. */
import { HioloadError } from '@hioload/api';
import { POISON_BYTE } from '../shared/debug-mode.js';
import {
  blockOf,
  fits,
  freed,
  heldOnce,
  MAX_REFERENCES,
  nextLease,
  referencesOf,
} from './block-handle.js';
import {
  BLOCK_HEADER_BYTES,
  type ClassPlace,
  firstNextOf,
  homeOf,
  placeClasses,
  readClasses,
  STATE,
} from './slab-layout.js';

/**
 * What every attached thread can do with the blocks of a slab. The owner and the guests build on
 * it.
 */
export class SlabBlocks {
  /** The whole slab. Offsets of blocks count from its beginning. */
  readonly bytes: Uint8Array;
  readonly words: Int32Array;
  readonly places: readonly ClassPlace[];
  readonly debug: boolean;
  /**
   * By class: the first block, the first block of the next class, the word of the first block, and
   * the words of a block.
   */
  readonly #firstBlocks: Int32Array;
  readonly #ends: Int32Array;
  readonly #firstWords: Int32Array;
  readonly #strideWords: Int32Array;
  readonly #firstNext: number;

  constructor(words: Int32Array, debug: boolean) {
    this.words = words;
    this.bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    this.places = placeClasses(readClasses(words)).places;
    this.debug = debug;
    this.#firstNext = firstNextOf(this.places.length);
    this.#firstBlocks = Int32Array.from(this.places, ({ firstBlock }) => firstBlock);
    this.#ends = Int32Array.from(this.places, ({ firstBlock, blocks }) => firstBlock + blocks);
    this.#firstWords = Int32Array.from(this.places, ({ firstByte }) => firstByte >> 2);
    this.#strideWords = Int32Array.from(this.places, ({ strideBytes }) => strideBytes >> 2);
  }

  /**
   * The class of a block. A few comparisons cost less than a table of all blocks would cost in
   * cache.
   */
  classOf(block: number): number {
    const ends = this.#ends;
    for (let blockClass = 0; blockClass < ends.length; blockClass++) {
      if (block < ends[blockClass]!) return blockClass;
    }
    throw this.#foreign(block);
  }

  /** The first word of the header of a block whose class is known. */
  headerIn(blockClass: number, block: number): number {
    // The count begins at the first block of the class. From block 0, the product would not fit
    // into 31 bits.
    return (
      this.#firstWords[blockClass]! +
      (block - this.#firstBlocks[blockClass]!) * this.#strideWords[blockClass]!
    );
  }

  /** The first word of a block's header. */
  headerWord(block: number): number {
    return this.headerIn(this.classOf(block), block);
  }

  /** The word of the link from a block to the block that came home before it. */
  nextWord(block: number): number {
    return this.#firstNext + block;
  }

  startOf(handle: number): number {
    return (this.headerWord(blockOf(handle)) << 2) + BLOCK_HEADER_BYTES;
  }

  capacityOf(handle: number): number {
    return this.places[this.classOf(blockOf(handle))]!.blockBytes;
  }

  /**
   * Adds references, for a thread that holds one.
   * @returns false where the handle has ended
   */
  retain(handle: number, count: number): boolean {
    const at = this.headerWord(blockOf(handle)) + STATE;
    for (;;) {
      // Pairs with the changes of the other holders. A count that changed in between is read again.
      const state = Atomics.load(this.words, at);
      if (!fits(handle, state) || referencesOf(state) === 0) return this.#ended(handle);
      if (referencesOf(state) + count > MAX_REFERENCES) {
        throw new HioloadError(
          'HIOLOAD_STATE',
          `a block must have at most ${String(MAX_REFERENCES)} references; ` +
            `got ${String(count)} more than its ${String(referencesOf(state))}`,
        );
      }
      if (Atomics.compareExchange(this.words, at, state, state + count) === state) return true;
    }
  }

  /**
   * Drops a reference.
   * @returns for the last reference, the handle of the block in its next lease: the caller has to
   *   bring the block home; {@link STILL_HELD} for any other reference; {@link ENDED} where the
   *   handle had ended, outside of debug mode
   */
  drop(handle: number, blockClass: number): number {
    const at = this.headerIn(blockClass, blockOf(handle)) + STATE;
    // The first try assumes one holder. A load before it would fetch the line shared, and the
    // exchange would then fetch the line again, exclusive.
    let state = heldOnce(handle);
    for (;;) {
      const last = referencesOf(state) === 1;
      // The exchange orders the accesses of this thread to the payload before those of the next
      // holder.
      const found = Atomics.compareExchange(this.words, at, state, last ? freed(state) : state - 1);
      if (found === state) return last ? this.#unheld(handle) : STILL_HELD;
      if (!fits(handle, found) || referencesOf(found) === 0) {
        this.#ended(handle);
        return ENDED;
      }
      state = found;
    }
  }

  /**
   * Links a block without references into the list of the blocks that came home. For threads that
   * do not own the slab.
   * @param lease the value that `drop` returned
   */
  sendHome(lease: number, blockClass: number): void {
    const home = homeOf(blockClass);
    const next = this.nextWord(blockOf(lease));
    let last = Atomics.load(this.words, home);
    for (;;) {
      this.words[next] = last;
      // Shows the block and its NEXT to the owner. Pairs with the exchange in `SlabOwner`.
      const found = Atomics.compareExchange(this.words, home, last, ~lease);
      if (found === last) return;
      last = found;
    }
  }

  #unheld(handle: number): number {
    if (this.debug) {
      this.bytes.fill(
        POISON_BYTE,
        this.startOf(handle),
        this.startOf(handle) + this.capacityOf(handle),
      );
    }
    return nextLease(handle);
  }

  #ended(handle: number): false {
    if (this.debug) {
      throw new HioloadError(
        'HIOLOAD_LEASE_ENDED',
        `block ${String(blockOf(handle))}: the lease ${String(handle)} has ended`,
      );
    }
    return false;
  }

  #foreign(block: number): HioloadError {
    const allowed = `0 to ${String(this.#ends.at(-1)! - 1)} are its own`;
    return new HioloadError(
      'HIOLOAD_LEASE_ENDED',
      `block ${String(block)} is none of this slab: ${allowed}`,
    );
  }
}

/** Results of `SlabBlocks.drop` that are no handle. */
export const STILL_HELD = -1;
export const ENDED = -2;
