/* The reading end of a ring of fixed slots. */
import {
  type Batch,
  type BatchSource,
  HioloadError,
  type RecordSink,
  type RingConsumer,
} from '@hioload/api';
import { debugByDefault, POISON_BYTE } from '../shared/debug-mode.js';
import { distance } from '../shared/sequence.js';
import { RecordBatch } from './record-batch.js';
import {
  CAPACITY,
  type ConsumerOptions,
  HEAD,
  RECORDS_BYTE,
  SLOT_BYTES,
  TAIL,
} from './ring-layout.js';

/** The reading end of a ring of fixed slots. Made by `SpscRing.consumer`. */
export class SpscConsumer implements RingConsumer, BatchSource {
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #slotBytes: number;
  readonly #mask: number;
  readonly #debug: boolean;
  readonly #batch: RecordBatch;
  /** Sequence of the next record. */
  #head: number;
  /** The value of TAIL at the last look. */
  #tailSeen: number;
  /** Whether records are handed out at the moment, or a batch is out. */
  #lent = false;

  constructor(words: Int32Array, { debug = debugByDefault() }: ConsumerOptions = {}) {
    const capacity = words[CAPACITY]!;
    this.#words = words;
    this.#slotBytes = words[SLOT_BYTES]!;
    this.#mask = capacity - 1;
    this.#debug = debug;
    this.#bytes = new Uint8Array(
      words.buffer,
      words.byteOffset + RECORDS_BYTE,
      capacity * this.#slotBytes,
    );
    this.#batch = new RecordBatch(this.#bytes);
    // Pairs with the stores of the threads that had the ends before. From here on, only this thread
    // stores HEAD.
    this.#head = Atomics.load(words, HEAD);
    this.#tailSeen = Atomics.load(words, TAIL);
  }

  hasRecords(): boolean {
    return this.#visible() > 0;
  }

  drain(limit: number, sink: RecordSink): number {
    this.#lend();
    const from = this.#head;
    const count = Math.min(limit, this.#visible());
    const bytes = this.#bytes;
    const slotBytes = this.#slotBytes;
    const mask = this.#mask;
    let head = from;
    try {
      for (const end = (from + count) | 0; head !== end;) {
        const start = (head & mask) * slotBytes;
        // The record counts before the sink runs: a sink that throws has consumed its record.
        head = (head + 1) | 0;
        sink(bytes, start, start + slotBytes);
      }
    } finally {
      this.#head = head;
      this.#free(from);
    }
    return count;
  }

  take(limit: number): Batch {
    this.#lend();
    const batch = this.#batch;
    const count = Math.min(limit, this.#visible());
    for (let i = 0; i < count; i++) {
      const start = (this.#head & this.#mask) * this.#slotBytes;
      batch.append(start, start + this.#slotBytes);
      this.#head = (this.#head + 1) | 0;
    }
    if (count === 0) this.#lent = false;
    return batch;
  }

  release(): void {
    if (this.#batch.length === 0) return;
    const from = (this.#head - this.#batch.length) | 0;
    this.#batch.clear();
    this.#free(from);
  }

  /** How many records are visible and not handed out. */
  #visible(): number {
    // Pairs with the producer's store of TAIL. TAIL is read only when all records seen before are
    // used up.
    if (this.#tailSeen === this.#head) this.#tailSeen = Atomics.load(this.#words, TAIL);
    return distance(this.#tailSeen, this.#head);
  }

  #lend(): void {
    if (this.#lent)
      throw new HioloadError(
        'HIOLOAD_STATE',
        'drain or take: records of this ring are out already',
      );
    this.#lent = true;
  }

  #free(from: number): void {
    this.#lent = false;
    if (from === this.#head) return;
    if (this.#debug) this.#poison(from);
    // Pairs with the producer's load when it looks for room: no thread reads these slots any more.
    Atomics.store(this.#words, HEAD, this.#head);
  }

  #poison(from: number): void {
    for (let sequence = from; sequence !== this.#head; sequence = (sequence + 1) | 0) {
      const start = (sequence & this.#mask) * this.#slotBytes;
      this.#bytes.fill(POISON_BYTE, start, start + this.#slotBytes);
    }
  }
}
