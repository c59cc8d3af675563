import { type Batch, type BatchSource, HioloadError, type RecordSink, type RingConsumer } from '@hioload/api';
import { RecordBatch } from '../ring/record-batch.js';
import { CAPACITY, type ConsumerOptions, HEAD, RECORDS_BYTE, TAIL } from '../ring/ring-layout.js';
import { debugByDefault, POISON_BYTE } from '../shared/debug-mode.js';
import { distance } from '../shared/sequence.js';
import { FILLER, HEADER_BYTES, padOf, payloadBytesOf, recordBytes } from './record.js';

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
  /** What HEAD holds. */
  #freed: number;
  /** What TAIL held when last looked at. */
  #tailSeen: number;
  /** Records are being handed out, or a batch is out. */
  #lent = false;

  constructor(words: Int32Array, { debug = debugByDefault() }: ConsumerOptions = {}) {
    const capacity = words[CAPACITY]!;
    const from = words.byteOffset + RECORDS_BYTE;
    this.#words = words;
    this.#bytes = new Uint8Array(words.buffer, from, capacity);
    this.#headers = new Int32Array(words.buffer, from, capacity / HEADER_BYTES);
    this.#mask = capacity - 1;
    this.#debug = debug;
    this.#batch = new RecordBatch(this.#bytes);
    // Pairs with the stores of whoever had the ends before; from here on this thread alone stores HEAD.
    this.#head = this.#freed = Atomics.load(words, HEAD);
    this.#tailSeen = Atomics.load(words, TAIL);
  }

  hasRecords(): boolean {
    return this.#look();
  }

  drain(limit: number, sink: RecordSink): number {
    this.#lend();
    let count = 0;
    try {
      while (count < limit && this.#look()) {
        const header = this.#nextHeader();
        const start = (this.#head & this.#mask) + HEADER_BYTES + padOf(header);
        const payloadBytes = payloadBytesOf(header);
        // Counted before the sink runs: a sink that throws has consumed its record.
        this.#head = (this.#head + recordBytes(padOf(header), payloadBytes)) | 0;
        count++;
        sink(this.#bytes, start, start + payloadBytes);
      }
    } finally {
      this.#free();
    }
    return count;
  }

  take(limit: number): Batch {
    this.#lend();
    const batch = this.#batch;
    try {
      while (batch.length < limit && this.#look()) {
        const header = this.#nextHeader();
        const start = (this.#head & this.#mask) + HEADER_BYTES + padOf(header);
        const payloadBytes = payloadBytesOf(header);
        this.#head = (this.#head + recordBytes(padOf(header), payloadBytes)) | 0;
        batch.append(start, start + payloadBytes);
      }
    } finally {
      if (batch.length === 0) this.#lent = false;
    }
    return batch;
  }

  release(): void {
    if (this.#batch.length === 0) return;
    this.#batch.clear();
    this.#free();
  }

  /**
   * Frees all that is visible now without looking at it, as a consumer does that takes over from a dead one.
   * @returns how many records there were
   */
  discard(): number {
    return this.drain(Number.POSITIVE_INFINITY, () => undefined);
  }

  /** Whether a record is visible; looks at TAIL only when what was seen before is used up. */
  #look(): boolean {
    if (this.#tailSeen !== this.#head) return true;
    // Pairs with the producer's store of TAIL.
    this.#tailSeen = Atomics.load(this.#words, TAIL);
    return this.#tailSeen !== this.#head;
  }

  /**
   * The header at the head, behind the filler if there is one. Lengths are checked against what is visible, so that one
   * stray write ends in an error and not in foreign bytes.
   */
  #nextHeader(): number {
    const header = this.#headers[(this.#head & this.#mask) >> 2]!;
    if (header === FILLER) return this.#headerBehindFiller();
    this.#check(header);
    return header;
  }

  #headerBehindFiller(): number {
    const lapEnd = (this.#head + this.#toEnd()) | 0;
    // A filler is only written together with the record behind it.
    if (distance(this.#tailSeen, lapEnd) <= 0) throw this.#corrupt(FILLER);
    this.#head = lapEnd;
    const header = this.#headers[0]!;
    this.#check(header);
    return header;
  }

  #check(header: number): void {
    const size = recordBytes(padOf(header), payloadBytesOf(header));
    if (header < 0 || size > distance(this.#tailSeen, this.#head) || size > this.#toEnd()) throw this.#corrupt(header);
  }

  #toEnd(): number {
    return this.#bytes.length - (this.#head & this.#mask);
  }

  #lend(): void {
    if (this.#lent) throw new HioloadError('HIOLOAD_STATE', 'drain or take: records of this lane are out already');
    this.#lent = true;
  }

  #free(): void {
    this.#lent = false;
    if (this.#freed === this.#head) return;
    if (this.#debug) this.#poison();
    this.#freed = this.#head;
    // Pairs with the producer's load when it looks for room: nothing reads these bytes any more.
    Atomics.store(this.#words, HEAD, this.#head);
  }

  #poison(): void {
    const from = this.#freed & this.#mask;
    const freedBytes = distance(this.#head, this.#freed);
    this.#bytes.fill(POISON_BYTE, from, from + freedBytes);
    // What lies beyond the end of the ring continues at its start.
    this.#bytes.fill(POISON_BYTE, 0, Math.max(0, from + freedBytes - this.#bytes.length));
  }

  #corrupt(header: number): HioloadError {
    const at = `header ${String(header)} at position ${String(this.#head)}`;
    return new HioloadError(
      'HIOLOAD_RING_CORRUPT',
      `${at}, with ${String(distance(this.#tailSeen, this.#head))} bytes visible`,
    );
  }
}
