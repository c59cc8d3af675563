import { type LaneProducer, NO_BLOCK, type SlabOwner } from '@hioload/pool';

/**
 * A reader that has so many may have one more whatever is left: it gives the last back a moment
 * after the next comes.
 */
const ALWAYS_ALLOWED = 1;

/**
 * The blocks of a slab that the reader of a lane has not given back, as its writer knows of them. A
 * reader handles records in their order, and clears the handle in each when it gives the block
 * back; a record that is freed has no block either, also where the supervisor freed it because its
 * reader had died.
 *
 * A reader is lent another block of a size only as long as it has no more than are left, or than
 * {@link ALWAYS_ALLOWED}. So one that stands still comes to have half of them, the next half of the
 * rest, and the others go on to find some. The threshold that follows what is free is the one by
 * which switches share out the memory of their queues (Choudhury and Hahne, "Dynamic queue length
 * thresholds for shared-memory packet switches", 1998).
 */
export class ReaderShare {
  readonly #slab: SlabOwner;
  readonly #lane: LaneProducer;
  /** The memory of the lane in words. */
  readonly #words: Int32Array;
  /**
   * A ring, oldest first: the position behind the record of a block, the word of its handle, and
   * the class of the block.
   */
  readonly #ends: Int32Array;
  readonly #handleWords: Int32Array;
  readonly #classes: Uint8Array;
  #first = 0;
  #count = 0;
  /** Blocks in the ring, by class. */
  readonly #held: Int32Array;

  constructor(slab: SlabOwner, lane: LaneProducer, words: Int32Array) {
    this.#slab = slab;
    this.#lane = lane;
    this.#words = words;
    // `allows` leaves none of a class with more than all blocks of it, and one that is back and was
    // not looked at.
    const most = slab.blockCount + slab.classCount;
    this.#ends = new Int32Array(most);
    this.#handleWords = new Int32Array(most);
    this.#classes = new Uint8Array(most);
    this.#held = new Int32Array(slab.classCount);
  }

  /** Whether the reader may have a block that has just been acquired. */
  allows(handle: number): boolean {
    const blockClass = this.#slab.classOf(handle);
    if (this.#isWithin(blockClass, this.#slab.freeBlocks(blockClass))) return true;
    // What has been given back meanwhile is looked at only where it matters.
    this.forget();
    return this.#isWithin(blockClass, this.#slab.fetchFreeBlocks(blockClass));
  }

  /**
   * The record that was committed last has a block that {@link allows} allowed. @param handleWord
   * where its handle lies
   */
  add(handle: number, handleWord: number): void {
    const blockClass = this.#slab.classOf(handle);
    const at = (this.#first + this.#count) % this.#ends.length;
    this.#ends[at] = this.#lane.position;
    this.#handleWords[at] = handleWord;
    this.#classes[at] = blockClass;
    this.#count++;
    this.#held[blockClass]!++;
  }

  /**
   * Takes what the reader has given back off the list. To be called once a lap of the lane at
   * least: positions wrap.
   */
  forget(): void {
    while (this.#count > 0 && this.#isBack(this.#first)) {
      this.#held[this.#classes[this.#first]!]!--;
      this.#first = (this.#first + 1) % this.#ends.length;
      this.#count--;
    }
  }

  #isBack(at: number): boolean {
    // The record of a dead reader keeps its handle. This first: behind HEAD the writer may have
    // written something else.
    if (this.#lane.hasFreed(this.#ends[at]!)) return true;
    // Plain, like the reader's store: a look that comes too early sees the block still out.
    return this.#words[this.#handleWords[at]!] === NO_BLOCK;
  }

  #isWithin(blockClass: number, free: number): boolean {
    return this.#held[blockClass]! <= Math.max(ALWAYS_ALLOWED, free);
  }
}
