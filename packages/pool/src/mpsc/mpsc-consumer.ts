/* The reading end of a ring of many producers. */
import { HioloadError, type RecordSink, type RingConsumer } from '@hioload/api';
import type { ConsumerOptions } from '../ring/ring-layout.js';
import { debugByDefault, POISON_BYTE } from '../shared/debug-mode.js';
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

/** The reading end of a ring of many producers. Made by `MpscRing.consumer`. */
export class MpscConsumer implements RingConsumer {
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #capacity: number;
  readonly #slotBytes: number;
  readonly #debug: boolean;
  /** Sequence of the next record. */
  #head: number;
  #draining = false;

  constructor(words: Int32Array, { debug = debugByDefault() }: ConsumerOptions = {}) {
    this.#words = words;
    this.#bytes = new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
    this.#capacity = words[CAPACITY]!;
    this.#slotBytes = words[SLOT_BYTES]!;
    this.#debug = debug;
    // Pairs with the store of the thread that had this end before.
    this.#head = Atomics.load(words, HEAD);
  }

  hasRecords(): boolean {
    return this.#isWhole(this.#slot());
  }

  /**
   * Whether the oldest claim has no record yet, so that the records behind it wait. The wait lasts
   * as long as the producer copies. A wait that does not end means that the producer died while it
   * copied.
   */
  waitsForClaim(): boolean {
    // Pairs with the producers' exchanges of TAIL.
    return Atomics.load(this.#words, TAIL) !== this.#head && !this.hasRecords();
  }

  /**
   * Gives up the oldest claim, whose record is lost. Call it only when the thread of that claim is
   * gone: a live thread would write into a slot that has another owner.
   * @throws HIOLOAD_STATE where the ring waits for no claim
   */
  abandonClaim(): void {
    if (!this.waitsForClaim())
      throw new HioloadError('HIOLOAD_STATE', 'abandonClaim: no claim is waited for');
    const from = this.#head;
    this.#head = (from + 1) | 0;
    this.#free(from);
  }

  drain(limit: number, sink: RecordSink): number {
    if (this.#draining)
      throw new HioloadError('HIOLOAD_STATE', 'drain: records of this ring are out already');
    this.#draining = true;
    const from = this.#head;
    let count = 0;
    try {
      for (let slot = this.#slot(); count < limit && this.#isWhole(slot); slot = this.#slot()) {
        const start = (slot << 2) + SLOT_HEADER_BYTES;
        // The record counts before the sink runs: a sink that throws has consumed its record.
        this.#head = (this.#head + 1) | 0;
        count++;
        sink(this.#bytes, start, start + this.#words[slot + LENGTH]!);
      }
    } finally {
      this.#draining = false;
      this.#free(from);
    }
    return count;
  }

  #slot(): number {
    return slotWord(this.#head, this.#capacity, this.#slotBytes);
  }

  #isWhole(slot: number): boolean {
    // Pairs with the producer's store of TURN. Each record needs a look, because producers finish
    // in any order.
    return Atomics.load(this.#words, slot + TURN) === ((this.#head + 1) | 0);
  }

  #free(from: number): void {
    if (from === this.#head) return;
    if (this.#debug) this.#poison(from);
    // Pairs with the producers' load when they look for room: no thread reads these slots any more.
    Atomics.store(this.#words, HEAD, this.#head);
  }

  #poison(from: number): void {
    for (let sequence = from; sequence !== this.#head; sequence = (sequence + 1) | 0) {
      const start = (slotWord(sequence, this.#capacity, this.#slotBytes) << 2) + SLOT_HEADER_BYTES;
      this.#bytes.fill(POISON_BYTE, start, start + this.#slotBytes);
    }
  }
}
