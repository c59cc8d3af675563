/* A writing end of a ring of many producers. */
import { HioloadError } from '@hioload/api';
import { copyIntoRing } from '../shared/copy-into-ring.js';
import { distance } from '../shared/sequence.js';
import {
  CAPACITY,
  HEAD,
  LENGTH,
  SLOT_BYTES,
  SLOT_HEADER_BYTES,
  slotWord,
  TAIL,
  TURN,
} from './mpsc-layout.js';

/** A writing end of a ring of many producers. Made by `MpscRing.producer`. */
export class MpscProducer {
  readonly maxRecordBytes: number;
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #capacity: number;
  /** The value of HEAD at the last look. */
  #headSeen: number;

  constructor(words: Int32Array) {
    this.#words = words;
    this.#bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    this.#capacity = words[CAPACITY]!;
    this.maxRecordBytes = words[SLOT_BYTES]!;
    this.#headSeen = Atomics.load(words, HEAD);
  }

  /**
   * Copies `bytes[start..end)`, by default all, into a record, and makes the record visible.
   * @returns false where there is no room
   * @throws HIOLOAD_RECORD_TOO_LARGE
   */
  tryPush(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
    const length = end - start;
    if (length >>> 0 > this.maxRecordBytes) throw this.#tooLarge(length);
    const words = this.#words;
    let sequence = Atomics.load(words, TAIL);
    for (;;) {
      if (distance(sequence, this.#headSeen) >= this.#capacity) {
        // Pairs with the consumer's store of HEAD: the consumer has finished with the slot that is
        // claimed next.
        this.#headSeen = Atomics.load(words, HEAD);
        if (distance(sequence, this.#headSeen) >= this.#capacity) return false;
      }
      // The thread that moves TAIL has the slot to itself.
      const found = Atomics.compareExchange(words, TAIL, sequence, (sequence + 1) | 0);
      if (found === sequence) break;
      sequence = found;
    }
    const slot = slotWord(sequence, this.#capacity, this.maxRecordBytes);
    words[slot + LENGTH] = length;
    copyIntoRing(bytes, start, end, this.#bytes, (slot << 2) + SLOT_HEADER_BYTES);
    // Pairs with the consumer's load of TURN: the record is whole.
    Atomics.store(words, slot + TURN, (sequence + 1) | 0);
    return true;
  }

  #tooLarge(byteLength: number): HioloadError {
    return new HioloadError(
      'HIOLOAD_RECORD_TOO_LARGE',
      `a record must be 0 to ${String(this.maxRecordBytes)} bytes; got ${String(byteLength)}`,
    );
  }
}
