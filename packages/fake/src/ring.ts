// A fake ring for tests: a queue of records in plain memory, with the checks of the contract.
import {
  type Batch,
  type BatchSource,
  HioloadError,
  RING_FULL,
  type RecordSink,
  type RingConsumer,
  type RingProducer,
} from '@hioload/api';

export interface FakeRingOptions {
  /** Records that it holds, 1 or more. Default: 8. */
  readonly capacity?: number;
  /** Most bytes of a record. Default: 256. */
  readonly maxRecordBytes?: number;
  /** Records gathered before they are made visible without being asked to. Default: 32. */
  readonly flushEvery?: number;
}

interface Extent {
  readonly start: number;
  readonly end: number;
}

/**
 * Both ends of a ring on one thread, in plain memory. What is in which state can be seen from
 * outside.
 */
export class FakeRing implements RingProducer, RingConsumer, BatchSource {
  readonly bytes: Uint8Array;
  readonly maxRecordBytes: number;
  readonly #capacity: number;
  readonly #flushEvery: number;
  readonly #slotBytes: number;
  /** Committed and not visible. */
  readonly #gathered: Extent[] = [];
  readonly #visible: Extent[] = [];
  #reserved: Extent | null = null;
  #next = 0;
  #lent = 0;
  #draining = false;

  constructor({ capacity = 8, maxRecordBytes = 256, flushEvery = 32 }: FakeRingOptions = {}) {
    this.#capacity = capacity;
    this.#flushEvery = flushEvery;
    this.maxRecordBytes = maxRecordBytes;
    // Seven bytes of room, so that a record begins where its source does modulo 8.
    this.#slotBytes = (maxRecordBytes + 14) & -8;
    this.bytes = new Uint8Array(capacity * this.#slotBytes);
  }

  /** Records that wait for a flush. */
  get gathered(): number {
    return this.#gathered.length;
  }

  /** Records that the consumer can have. */
  get visible(): number {
    return this.#visible.length - this.#lent;
  }

  tryReserve(byteLength: number, likeOffset = 0): number {
    if (!(byteLength >= 0 && byteLength <= this.maxRecordBytes)) {
      const allowed = `0 to ${this.maxRecordBytes} bytes are allowed`;
      throw new HioloadError(
        'HIOLOAD_RECORD_TOO_LARGE',
        `record of ${byteLength} bytes: ${allowed}`,
      );
    }
    if (this.#visible.length + this.#gathered.length === this.#capacity) {
      this.#reserved = null;
      this.flush();
      return RING_FULL;
    }
    const start = (this.#next % this.#capacity) * this.#slotBytes + (likeOffset & 7);
    this.#reserved = { start, end: start + byteLength };
    return start;
  }

  commit(): void {
    if (this.#reserved === null)
      throw new HioloadError('HIOLOAD_STATE', 'commit: nothing is reserved; reserve first');
    this.#gathered.push(this.#reserved);
    this.#reserved = null;
    this.#next++;
    if (this.#gathered.length >= this.#flushEvery) this.flush();
  }

  tryPush(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
    const at = this.tryReserve(end - start, bytes.byteOffset + start);
    if (at === RING_FULL) return false;
    this.bytes.set(bytes.subarray(start, end), at);
    this.commit();
    return true;
  }

  tryPushMany(records: readonly Uint8Array[]): number {
    const refused = records.findIndex((record) => !this.tryPush(record));
    this.flush();
    return refused === -1 ? records.length : refused;
  }

  flush(): boolean {
    const flushed = this.#gathered.splice(0);
    this.#visible.push(...flushed);
    return flushed.length > 0;
  }

  hasRecords(): boolean {
    return this.visible > 0;
  }

  drain(limit: number, sink: RecordSink): number {
    this.#requireNothingOut();
    const due = this.#visible.slice(0, limit);
    this.#draining = true;
    let handed = 0;
    try {
      for (const { start, end } of due) {
        handed++;
        sink(this.bytes, start, end);
      }
    } finally {
      this.#draining = false;
      this.#free(handed);
    }
    return handed;
  }

  take(limit: number): Batch {
    this.#requireNothingOut();
    this.#lent = Math.min(limit, this.#visible.length);
    return new FakeBatch(this.bytes, this.#visible.slice(0, this.#lent), () => this.#lent > 0);
  }

  release(): void {
    this.#free(this.#lent);
    this.#lent = 0;
  }

  /** Overwrites what is freed, so that bytes kept too long show. */
  #free(count: number): void {
    for (const { start, end } of this.#visible.splice(0, count)) this.bytes.fill(0xdb, start, end);
  }

  #requireNothingOut(): void {
    if (!this.#draining && this.#lent === 0) return;
    throw new HioloadError('HIOLOAD_STATE', 'drain or take: records of this ring are out already');
  }
}

class FakeBatch implements Batch {
  readonly bytes: Uint8Array;
  readonly #extents: readonly Extent[];
  readonly #isOut: () => boolean;

  constructor(bytes: Uint8Array, extents: readonly Extent[], isOut: () => boolean) {
    this.bytes = bytes;
    this.#extents = extents;
    this.#isOut = isOut;
  }

  get length(): number {
    return this.#isOut() ? this.#extents.length : 0;
  }

  startOf(index: number): number {
    return this.#at(index).start;
  }

  endOf(index: number): number {
    return this.#at(index).end;
  }

  forEach(sink: RecordSink): void {
    for (let index = 0; index < this.length; index++)
      sink(this.bytes, this.startOf(index), this.endOf(index));
  }

  slice(from?: number, to?: number): Batch {
    return new FakeBatch(this.bytes, this.#extents.slice(from, to), this.#isOut);
  }

  #at(index: number): Extent {
    const extent = index < this.length ? this.#extents[index] : undefined;
    if (extent === undefined)
      throw new HioloadError('HIOLOAD_STATE', `record ${index} of a batch: there is none`);
    return extent;
  }
}
