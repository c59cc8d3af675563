/* The writing end of a ring of fixed slots. */
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
  /** The value of TAIL. */
  #visible: number;
  // The tail is compared with positions that are known ahead. That costs 1.3 ns a record less than
  // to work out distances.
  /** The tail at which it is time to flush. */
  #flushAt: number;
  /** The tail at which the ring is full, by the value of HEAD at the last look. */
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
    // Pairs with the stores of the threads that had the ends before. From here on, only this thread
    // stores TAIL.
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
    // Pairs with the load in the consumer's look: the records are written before they become
    // visible.
    Atomics.store(this.#words, TAIL, this.#tail);
    return true;
  }

  /**
   * Looks again at HEAD. A full ring is flushed, because only a consumer that sees the records can
   * make room.
   */
  #findRoom(): boolean {
    // Pairs with the consumer's store of HEAD: the consumer has finished with the slots that are
    // written next.
    this.#fullAt = (Atomics.load(this.#words, HEAD) + this.#capacity) | 0;
    if (this.#tail !== this.#fullAt) return true;
    this.flush();
    return false;
  }

  #wrongLength(byteLength: number): HioloadError {
    return new HioloadError(
      'HIOLOAD_RECORD_TOO_LARGE',
      `a record must be exactly ${String(this.maxRecordBytes)} bytes; got ${String(byteLength)}`,
    );
  }
}
