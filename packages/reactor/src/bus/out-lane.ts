import { RING_FULL } from '@hioload/api';
import type { Doorbells, LaneProducer, SlabOwner } from '@hioload/pool';
import type { OutgoingRecord } from './outgoing-record.js';
import { ReaderShare } from './reader-share.js';
import { HANDLE_WORD, RECORD_OFFSET } from './record.js';

/** The lane shows its records when it is told to, not by itself. */
export const FLUSH_BY_HAND = 2 ** 30;

/** The lane to one other reactor, from the writing end. */
export class OutLane {
  /** Whether records were written since the end of the last turn. */
  isDirty = false;
  readonly to: number;
  readonly #producer: LaneProducer;
  readonly #bells: Doorbells;
  readonly #flushRecords: number;
  readonly #buffer: Buffer;
  readonly #words: Int32Array;
  /** Made with the first block that is lent to the reader. */
  #share: ReaderShare | undefined;
  #gathered = 0;
  /** Times that the reader was woken in this turn. */
  #wakes = 0;
  /** Whether something was shown to the reader since it was last woken, if it slept. */
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

  /** Whether a record is short enough for the lane, be it full or empty. */
  takes(record: OutgoingRecord): boolean {
    return record.byteLength <= this.#producer.maxRecordBytes;
  }

  /** Whether the reader may have one more block of a slab, which the writer has just acquired. */
  mayLend(slab: SlabOwner, handle: number): boolean {
    return (this.#share ??= new ReaderShare(slab, this.#producer, this.#words)).allows(handle);
  }

  /**
   * Writes a record that the lane takes, with a block where {@link mayLend} allowed that. False
   * where there is no room at the moment.
   */
  tryWrite(record: OutgoingRecord): boolean {
    const at = this.#producer.tryReserve(record.byteLength, RECORD_OFFSET);
    if (at === RING_FULL) {
      // What the producer has shown by now has to be read before there is room again.
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
   * Shows the reader what was written, while the turn goes on. Wakes it at most once: should it
   * fall asleep again before the turn ends, the end of the turn wakes it.
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

  /** Ends the turn. @returns how often the reader was woken in it */
  endTurn(): number {
    this.isDirty = false;
    // Not for what it was woken for already: it may have read that, and sleep again.
    if (this.#gathered > 0 || this.#owesRing) this.#flush();
    const wakes = this.#wakes;
    this.#wakes = 0;
    return wakes;
  }

  /** Shows the reader what was written, and wakes it if it sleeps. */
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
