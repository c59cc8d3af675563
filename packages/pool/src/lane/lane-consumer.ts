/* The reading end of a lane. */
import {
  type Batch,
  type BatchSource,
  HioloadError,
  type RecordSink,
  type RingConsumer,
} from '@hioload/api';
import { RecordBatch } from '../ring/record-batch.js';
import { CAPACITY, type ConsumerOptions, HEAD, RECORDS_BYTE, TAIL } from '../ring/ring-layout.js';
import { debugByDefault, POISON_BYTE } from '../shared/debug-mode.js';
import { distance } from '../shared/sequence.js';
import {
  FILLER,
  RECORD_HEADER_BYTES,
  padOfRecord,
  payloadBytesOfRecord,
  recordBytes,
} from './lane-record.js';

/** The reading end of a lane. Made by `Lane.consumer`. */
export class LaneConsumer implements RingConsumer, BatchSource {
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  /** The memory of `#bytes` in words, for headers. */
  readonly #headers: Int32Array;
  readonly #mask: number;
  readonly #debug: boolean;
  readonly #batch: RecordBatch;
  /** Position of the next record. */
  #head: number;
  /** The value of HEAD. */
  #freed: number;
  /** The value of TAIL at the last look. */
  #tailSeen: number;
  /** Whether records are handed out at the moment, or a batch is out. */
  #lent = false;

  constructor(words: Int32Array, { debug = debugByDefault() }: ConsumerOptions = {}) {
    const capacity = words[CAPACITY]!;
    const from = words.byteOffset + RECORDS_BYTE;
    this.#words = words;
    this.#bytes = new Uint8Array(words.buffer, from, capacity);
    this.#headers = new Int32Array(words.buffer, from, capacity / RECORD_HEADER_BYTES);
    this.#mask = capacity - 1;
    this.#debug = debug;
    this.#batch = new RecordBatch(this.#bytes);
    // Pairs with the stores of the threads that had the ends before. From here on, only this thread
    // stores HEAD.
    this.#head = this.#freed = Atomics.load(words, HEAD);
    this.#tailSeen = Atomics.load(words, TAIL);
  }

  hasRecords(): boolean {
    // Pairs with the producer's store of TAIL.
    if (this.#tailSeen === this.#head) this.#tailSeen = Atomics.load(this.#words, TAIL);
    return this.#tailSeen !== this.#head;
  }

  /** Whether records are out: a drain runs further up the stack, or a batch is out. */
  get isLent(): boolean {
    return this.#lent;
  }

  drain(limit: number, sink: RecordSink): number {
    this.#lend();
    try {
      return this.#walk(limit, sink);
    } finally {
      this.#free();
    }
  }

  take(limit: number): Batch {
    this.#lend();
    try {
      this.#walk(limit, this.#append);
    } finally {
      if (this.#batch.length === 0) this.#free();
    }
    return this.#batch;
  }

  release(): void {
    if (this.#batch.length === 0) return;
    this.#batch.clear();
    this.#free();
  }

  /**
   * Frees all visible records without looking at them, as a consumer does that takes over from a
   * dead one.
   * @returns how many records there were
   */
  discard(): number {
    return this.drain(Number.POSITIVE_INFINITY, () => undefined);
  }

  readonly #append: RecordSink = (_, start, end) => this.#batch.append(start, end);

  /**
   * Hands up to `limit` records to `sink`, and frees none. Head and tail stay in variables
   * meanwhile. A sink could change fields, so fields would cost a third of the time of a short
   * record.
   *
   * Each header is checked against the visible bytes, so that a stray write ends in an error and
   * not in foreign bytes.
   */
  #walk(limit: number, sink: RecordSink): number {
    const bytes = this.#bytes;
    const headers = this.#headers;
    const mask = this.#mask;
    let head = this.#head;
    let tail = this.#tailSeen;
    let count = 0;
    try {
      while (count < limit) {
        if (head === tail) {
          // Pairs with the producer's store of TAIL. TAIL is read only when all records seen before
          // are used up.
          tail = Atomics.load(this.#words, TAIL);
          if (head === tail) break;
        }
        let at = head & mask;
        let header = headers[at >> 2]!;
        if (header === FILLER) {
          head = (head + mask + 1 - at) | 0;
          at = 0;
          header = headers[0]!;
        }
        const pad = padOfRecord(header);
        const payloadBytes = payloadBytesOfRecord(header);
        const size = recordBytes(pad, payloadBytes);
        if (header < 0 || size > distance(tail, head) || at + size > mask + 1)
          throw corrupt(header, head, tail);
        // The record counts before the sink runs: a sink that throws has consumed its record.
        head = (head + size) | 0;
        count++;
        const start = at + RECORD_HEADER_BYTES + pad;
        sink(bytes, start, start + payloadBytes);
      }
    } finally {
      this.#head = head;
      this.#tailSeen = tail;
    }
    return count;
  }

  #lend(): void {
    if (this.#lent)
      throw new HioloadError(
        'HIOLOAD_STATE',
        'drain or take: records of this lane are out already',
      );
    this.#lent = true;
  }

  #free(): void {
    this.#lent = false;
    if (this.#freed === this.#head) return;
    if (this.#debug) this.#poison();
    this.#freed = this.#head;
    // Pairs with the producer's load when it looks for room: no thread reads these bytes any more.
    Atomics.store(this.#words, HEAD, this.#head);
  }

  #poison(): void {
    const from = this.#freed & this.#mask;
    const freedBytes = distance(this.#head, this.#freed);
    this.#bytes.fill(POISON_BYTE, from, from + freedBytes);
    // The part beyond the end of the ring continues at the start of the ring.
    this.#bytes.fill(POISON_BYTE, 0, Math.max(0, from + freedBytes - this.#bytes.length));
  }
}

function corrupt(header: number, head: number, tail: number): HioloadError {
  const at = `header ${String(header)} at position ${String(head)}`;
  return new HioloadError(
    'HIOLOAD_RING_CORRUPT',
    `${at}, with ${String(distance(tail, head))} bytes visible`,
  );
}
