/* The writing end of a lane. */
import { HioloadError, RING_FULL, type RingProducer } from '@hioload/api';
import {
  CAPACITY,
  FLUSH_EVERY,
  HEAD,
  type ProducerOptions,
  RECORDS_BYTE,
  TAIL,
} from '../ring/ring-layout.js';
import { copyIntoRing } from '../shared/copy-into-ring.js';
import { requireInteger } from '../shared/options.js';
import { distance } from '../shared/sequence.js';
import {
  encodeHeader,
  FILLER,
  RECORD_HEADER_BYTES,
  OVERHEAD_BYTES,
  padFor,
  recordBytes,
} from './lane-record.js';

/**
 * A record above this length begins at the offset of its source modulo 8. A copy then costs 0.04 ns
 * a byte instead of 0.4.
 */
const ALIGNED_FROM_BYTES = 32;

/** The writing end of a lane. Made by `Lane.producer`. */
export class LaneProducer implements RingProducer {
  readonly bytes: Uint8Array;
  /**
   * Half the capacity less 11 bytes: so much fits at every position of the tail, with its filler.
   */
  readonly maxRecordBytes: number;
  readonly #words: Int32Array;
  /** The memory of `bytes` in words, for headers. */
  readonly #headers: Int32Array;
  readonly #capacity: number;
  readonly #mask: number;
  readonly #flushEvery: number;
  /** Position of the next record. */
  #tail: number;
  /** The value of TAIL. */
  #visible: number;
  /** The value of HEAD at the last look. */
  #headSeen: number;
  /** Records behind `#visible`. */
  #gathered = 0;
  /**
   * The tail after the commit of the reserved record. Equal to the tail where no record is
   * reserved.
   */
  #reservedTail: number;

  constructor(words: Int32Array, { flushEvery = FLUSH_EVERY }: ProducerOptions = {}) {
    requireInteger('flushEvery', flushEvery, 1, 2 ** 30);
    const capacity = words[CAPACITY]!;
    this.#words = words;
    this.#capacity = capacity;
    this.#mask = capacity - 1;
    this.#flushEvery = flushEvery;
    this.maxRecordBytes = capacity / 2 - OVERHEAD_BYTES;
    const from = words.byteOffset + RECORDS_BYTE;
    this.bytes = new Uint8Array(words.buffer, from, capacity);
    this.#headers = new Int32Array(words.buffer, from, capacity / RECORD_HEADER_BYTES);
    // Pairs with the stores of the threads that had the ends before. From here on, only this thread
    // stores TAIL.
    this.#tail = this.#visible = this.#reservedTail = Atomics.load(words, TAIL);
    this.#headSeen = Atomics.load(words, HEAD);
  }

  tryReserve(byteLength: number, likeOffset = 0): number {
    // This one comparison refuses negative lengths too.
    if (byteLength >>> 0 > this.maxRecordBytes) throw this.#tooLarge(byteLength);
    const pad = padFor(likeOffset);
    const size = recordBytes(pad, byteLength);
    const at = this.#tail & this.#mask;
    const toEnd = this.#capacity - at;
    const filler = size > toEnd ? toEnd : 0;
    const tail = (this.#tail + filler + size) | 0;
    if (distance(tail, this.#headSeen) > this.#capacity && !this.#findRoom(tail)) {
      this.#reservedTail = this.#tail;
      return RING_FULL;
    }
    let start = at;
    if (filler > 0) {
      this.#headers[at >> 2] = FILLER;
      start = 0;
    }
    // Nobody reads filler and header before the record is visible. The next reservation overwrites
    // one that was given up.
    this.#headers[start >> 2] = encodeHeader(pad, byteLength);
    this.#reservedTail = tail;
    return start + RECORD_HEADER_BYTES + pad;
  }

  commit(): void {
    if (this.#reservedTail === this.#tail)
      throw new HioloadError('HIOLOAD_STATE', 'commit: nothing is reserved; reserve first');
    this.#tail = this.#reservedTail;
    this.#gathered++;
    if (this.#gathered >= this.#flushEvery) this.flush();
  }

  tryPush(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
    // To ask an array for its offset costs 12 ns, as much as a pad wins for a short record. So a
    // short record gets no pad.
    const likeOffset =
      end - start > ALIGNED_FROM_BYTES ? bytes.byteOffset + start : RECORD_HEADER_BYTES;
    const at = this.tryReserve(end - start, likeOffset);
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
    if (this.#gathered === 0) return false;
    this.#gathered = 0;
    this.#visible = this.#tail;
    // Pairs with the load in the consumer's look: headers and payloads are written before they
    // become visible.
    Atomics.store(this.#words, TAIL, this.#tail);
    return true;
  }

  /**
   * The position behind the last committed record: bytes since the beginning, in 32 bits that wrap.
   */
  get position(): number {
    return this.#tail;
  }

  /**
   * Whether the consumer has freed the lane up to a {@link position} of less than 2^31 bytes ago.
   * The answer may be late.
   */
  hasFreed(position: number): boolean {
    if (distance(this.#headSeen, position) >= 0) return true;
    // Pairs with the consumer's store of HEAD.
    this.#headSeen = Atomics.load(this.#words, HEAD);
    return distance(this.#headSeen, position) >= 0;
  }

  /** The bytes between the consumer's head and the last visible record. The answer may be late. */
  depthBytes(): number {
    // Pairs with the consumer's store of HEAD.
    this.#headSeen = Atomics.load(this.#words, HEAD);
    return distance(this.#visible, this.#headSeen);
  }

  /**
   * Looks again at HEAD. A full lane is flushed, because only a consumer that sees the records can
   * make room.
   */
  #findRoom(tail: number): boolean {
    // Pairs with the consumer's store of HEAD: the consumer has finished with the bytes that are
    // written next.
    this.#headSeen = Atomics.load(this.#words, HEAD);
    if (distance(tail, this.#headSeen) <= this.#capacity) return true;
    this.flush();
    return false;
  }

  #tooLarge(byteLength: number): HioloadError {
    return new HioloadError(
      'HIOLOAD_RECORD_TOO_LARGE',
      `a record in a lane of ${String(this.#capacity)} bytes must be ` +
        `0 to ${String(this.maxRecordBytes)} bytes; got ${String(byteLength)}`,
    );
  }
}
