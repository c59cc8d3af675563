/* The lane to one other reactor, as the writer sees it, and the share of the slab of its reader. */
import { RING_FULL } from '@hioload/api';
import { type Doorbells, type LaneProducer, NO_BLOCK, type SlabOwner } from '@hioload/pool';
import { HANDLE_WORD, type OutgoingRecord, RECORD_OFFSET } from './bus-record.js';

/** With this option a producer shows records only when `flush` is called. */
export const FLUSH_BY_HAND = 2 ** 30;

/** The lane to one other reactor. Belongs to the thread that writes. */
export class OutLane {
  /** Whether the lane has records of the current turn. */
  isDirty = false;
  readonly to: number;
  readonly #producer: LaneProducer;
  readonly #bells: Doorbells;
  readonly #flushRecords: number;
  readonly #buffer: Buffer;
  readonly #words: Int32Array;
  /** Made with the first block that the reader is lent. */
  #share: ReaderShare | undefined;
  #gathered = 0;
  /** How often the reader was woken in this turn. */
  #wakes = 0;
  /** Whether the reader was shown records after its last wake-up, and has to be rung for them. */
  #owesRing = false;

  /** @param producer one with {@link FLUSH_BY_HAND} */
  constructor(to: number, producer: LaneProducer, bells: Doorbells, flushRecords: number) {
    const { buffer, byteOffset, byteLength } = producer.bytes;
    this.to = to;
    this.#producer = producer;
    this.#bells = bells;
    this.#flushRecords = flushRecords;
    this.#buffer = Buffer.from(buffer, byteOffset, byteLength);
    this.#words = new Int32Array(buffer, byteOffset, byteLength / Int32Array.BYTES_PER_ELEMENT);
  }

  /** Whether an empty lane has room for the record. */
  takes(record: OutgoingRecord): boolean {
    return record.byteLength <= this.#producer.maxRecordBytes;
  }

  /** Whether the reader may be lent a block that the writer has just acquired. */
  mayLend(slab: SlabOwner, handle: number): boolean {
    return (this.#share ??= new ReaderShare(slab, this.#producer, this.#words)).allows(handle);
  }

  /**
   * Writes a record that {@link takes} allowed; a leased one needs {@link mayLend} too.
   * @returns false where the lane has no room at the moment
   */
  tryWrite(record: OutgoingRecord): boolean {
    const at = this.#producer.tryReserve(record.byteLength, RECORD_OFFSET);
    if (at === RING_FULL) {
      // The producer has shown all of its records. Only a reader that is awake can make room.
      this.#flush();
      return false;
    }
    record.writeTo(this.#buffer, this.#words, at);
    this.#producer.commit();
    if (record.isLeased) this.#share!.add(record.handle, (at >> 2) + HANDLE_WORD);
    if (++this.#gathered >= this.#flushRecords) this.flushWithinTurn();
    return true;
  }

  /**
   * Shows the reader what was written, before the turn ends. Wakes the reader at most once in a
   * turn. A reader that falls asleep again is woken at the end of the turn.
   */
  flushWithinTurn(): void {
    if (this.#gathered === 0) return;
    if (this.#wakes === 0) {
      this.#flush();
    } else {
      this.#show();
      this.#owesRing = true;
    }
  }

  /** Ends the turn. @returns how often the reader was woken in the turn */
  endTurn(): number {
    this.isDirty = false;
    // Do not ring again for records that were announced before: the reader may have read them and
    // sleep again.
    if (this.#gathered > 0 || this.#owesRing) this.#flush();
    const wakes = this.#wakes;
    this.#wakes = 0;
    return wakes;
  }

  /** Shows the reader what was written, and wakes the reader if it sleeps. */
  #flush(): void {
    this.#show();
    this.#owesRing = false;
    if (this.#bells.ring(this.to)) this.#wakes++;
  }

  #show(): void {
    this.#gathered = 0;
    this.#producer.flush();
    this.#share?.forget();
  }
}

/** A reader that holds one block may always take another: it returns the old one right after. */
const ALWAYS_ALLOWED = 1;

/**
 * The blocks that the reader of a lane holds, as the writer of the lane knows them. A reader
 * handles records in order, and clears the handle in a record when the reader gives the block back.
 * A record that was freed holds no block either. The supervisor frees the records of a reader that
 * died.
 *
 * A reader may take another block of a size while it holds no more than the slab has left of that
 * size, or no more than {@link ALWAYS_ALLOWED}. So a reader that stands still ends up with half of
 * the blocks, a second one with half of the rest, and the others still find some. Switches share
 * out the memory of their queues by the same threshold (Choudhury and Hahne, "Dynamic queue length
 * thresholds for shared-memory packet switches", 1998).
 */
export class ReaderShare {
  readonly #slab: SlabOwner;
  readonly #lane: LaneProducer;
  /** The memory of the lane in words. */
  readonly #words: Int32Array;
  /**
   * A ring of the blocks that are out, oldest first, in three arrays: the position behind the
   * record of the block, the word of its handle, and the class of the block.
   */
  readonly #ends: Int32Array;
  readonly #handleWords: Int32Array;
  readonly #classes: Uint8Array;
  #first = 0;
  #count = 0;
  /** How many blocks the ring has of each class. */
  readonly #held: Int32Array;

  constructor(slab: SlabOwner, lane: LaneProducer, words: Int32Array) {
    this.#slab = slab;
    this.#lane = lane;
    this.#words = words;
    // `allows` admits at most all blocks of a class, and one more that is back and was not seen.
    const most = slab.blockCount + slab.classCount;
    this.#ends = new Int32Array(most);
    this.#handleWords = new Int32Array(most);
    this.#classes = new Uint8Array(most);
    this.#held = new Int32Array(slab.classCount);
  }

  /** Whether the reader may have a block that the writer has just acquired. */
  allows(handle: number): boolean {
    const blockClass = this.#slab.classOf(handle);
    if (this.#isWithin(blockClass, this.#slab.freeBlocks(blockClass))) return true;
    // The writer looks for blocks that came back only where they decide.
    this.forget();
    return this.#isWithin(blockClass, this.#slab.fetchFreeBlocks(blockClass));
  }

  /**
   * Notes that the record which was committed last has a block that {@link allows} allowed.
   * @param handleWord the word of the handle
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
   * Forgets the blocks that the reader has given back. Call it at least once a lap of the lane,
   * because positions wrap.
   */
  forget(): void {
    while (this.#count > 0 && this.#isBack(this.#first)) {
      this.#held[this.#classes[this.#first]!]!--;
      this.#first = (this.#first + 1) % this.#ends.length;
      this.#count--;
    }
  }

  #isBack(at: number): boolean {
    // The record of a dead reader keeps its handle. This look comes first: the writer may have
    // written something else behind HEAD.
    if (this.#lane.hasFreed(this.#ends[at]!)) return true;
    // A plain load; the reader stores by a plain store too. An early look sees the block still out.
    return this.#words[this.#handleWords[at]!] === NO_BLOCK;
  }

  #isWithin(blockClass: number, free: number): boolean {
    return this.#held[blockClass]! <= Math.max(ALWAYS_ALLOWED, free);
  }
}
