import { HioloadError, RING_FULL, type RingProducer } from '@hioload/api';
import { copyIntoRing } from '../shared/copy-into-ring.js';
import { requireInteger } from '../shared/options.js';
import {
  CAPACITY,
  FLUSH_EVERY,
  HEAD,
  type ProducerOptions,
  RECORDS_BYTE,
  SLOT_BYTES,
  TAIL,
} from './ring-layout.js';

/** The writing end of a ring of fixed slots. Made by `SpscRing.producer`. */
export class SpscProducer implements RingProducer {
  readonly bytes: Uint8Array;
  readonly maxRecordBytes: number;
  readonly #words: Int32Array;
  readonly #capacity: number;
  readonly #mask: number;
  readonly #flushEvery: number;
  /** Sequence of the next record. */
  #tail: number;
  /** What TAIL holds. */
  #visible: number;
  // Places of the tail that are known ahead are compared with it: 1.3 ns a record less than
  // distances that are worked out.
  /** Where it is time to flush. */
  #flushAt: number;
  /** Where the ring is full, by what HEAD held when last looked at. */
  #fullAt: number;
  #reserved = false;

  constructor(words: Int32Array, { flushEvery = FLUSH_EVERY }: ProducerOptions = {}) {
    requireInteger('flushEvery', flushEvery, 1, 2 ** 30);
    this.#words = words;
    this.#capacity = words[CAPACITY]!;
    this.#mask = this.#capacity - 1;
    this.#flushEvery = flushEvery;
    this.maxRecordBytes = words[SLOT_BYTES]!;
    this.bytes = new Uint8Array(
      words.buffer,
      words.byteOffset + RECORDS_BYTE,
      this.#capacity * this.maxRecordBytes,
    );
    // Pairs with the stores of whoever had the ends before; from here on this thread alone stores
    // TAIL.
    this.#tail = this.#visible = Atomics.load(words, TAIL);
    this.#flushAt = (this.#tail + flushEvery) | 0;
    this.#fullAt = (Atomics.load(words, HEAD) + this.#capacity) | 0;
  }

  /** @param byteLength the slot's length, which is also the default; no other is allowed */
  tryReserve(byteLength = this.maxRecordBytes): number {
    if (byteLength !== this.maxRecordBytes) throw this.#wrongLength(byteLength);
    if (this.#tail === this.#fullAt && !this.#findRoom()) return RING_FULL;
    this.#reserved = true;
    return (this.#tail & this.#mask) * this.maxRecordBytes;
  }

  commit(): void {
    if (!this.#reserved)
      throw new HioloadError('HIOLOAD_STATE', 'commit: nothing is reserved; reserve first');
    this.#reserved = false;
    this.#tail = (this.#tail + 1) | 0;
    if (this.#tail === this.#flushAt) this.flush();
  }

  tryPush(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
    const at = this.tryReserve(end - start);
    if (at === RING_FULL) return false;
    copyIntoRing(bytes, start, end, this.bytes, at);
    this.commit();
    return true;
  }

  tryPushMany(records: readonly Uint8Array[]): number {
    let pushed = 0;
    while (pushed < records.length && this.tryPush(records[pushed]!)) pushed++;
    this.flush();
    return pushed;
  }

  flush(): boolean {
    if (this.#tail === this.#visible) return false;
    this.#visible = this.#tail;
    this.#flushAt = (this.#tail + this.#flushEvery) | 0;
    // Pairs with the load in the consumer's look: the records are written, now they may be seen.
    Atomics.store(this.#words, TAIL, this.#tail);
    return true;
  }

  /**
   * Looks again at what the consumer has freed. A full ring is flushed: nobody could make room
   * otherwise.
   */
  #findRoom(): boolean {
    // Pairs with the consumer's store of HEAD: it has finished with the slots that are written
    // next.
    this.#fullAt = (Atomics.load(this.#words, HEAD) + this.#capacity) | 0;
    if (this.#tail !== this.#fullAt) return true;
    this.flush();
    return false;
  }

  #wrongLength(byteLength: number): HioloadError {
    const allowed = `exactly ${String(this.maxRecordBytes)} bytes are allowed`;
    return new HioloadError(
      'HIOLOAD_RECORD_TOO_LARGE',
      `record of ${String(byteLength)} bytes: ${allowed}`,
    );
  }
}
