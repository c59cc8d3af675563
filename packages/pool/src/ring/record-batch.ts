/* A run of records that a consumer lends without a copy. */
import { type Batch, HioloadError, type RecordSink } from '@hioload/api';

/** Where the records of a batch lie. The arrays grow to the largest batch and are then reused. */
class Extents {
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  /** Changes with each batch, so that a slice knows when its batch has ended. */
  epoch = 0;

  grow(): void {
    const larger = (from: Int32Array): Int32Array<ArrayBuffer> => {
      const to = new Int32Array(2 * from.length);
      to.set(from);
      return to;
    };
    this.starts = larger(this.starts);
    this.ends = larger(this.ends);
  }
}

/** The batch of a consumer. The consumer reuses the object, and a slice shares its extents. */
export class RecordBatch implements Batch {
  readonly bytes: Uint8Array;
  readonly #extents: Extents;
  readonly #first: number;
  #length: number;
  #epoch: number;

  constructor(bytes: Uint8Array, extents = new Extents(), first = 0, length = 0) {
    this.bytes = bytes;
    this.#extents = extents;
    this.#first = first;
    this.#length = length;
    this.#epoch = extents.epoch;
  }

  /** 0 once the batch was released. */
  get length(): number {
    return this.#epoch === this.#extents.epoch ? this.#length : 0;
  }

  /** @throws HIOLOAD_STATE where the batch has no such record, or was released */
  startOf(index: number): number {
    return this.#extents.starts[this.#at(index)]!;
  }

  /** @throws HIOLOAD_STATE where the batch has no such record, or was released */
  endOf(index: number): number {
    return this.#extents.ends[this.#at(index)]!;
  }

  forEach(sink: RecordSink): void {
    const { starts, ends } = this.#extents;
    const last = this.#first + this.length;
    for (let i = this.#first; i < last; i++) sink(this.bytes, starts[i]!, ends[i]!);
  }

  slice(from = 0, to = this.length): RecordBatch {
    const { length } = this;
    const begin = from < 0 ? Math.max(length + from, 0) : Math.min(from, length);
    const end = to < 0 ? Math.max(length + to, 0) : Math.min(to, length);
    return new RecordBatch(
      this.bytes,
      this.#extents,
      this.#first + begin,
      Math.max(end - begin, 0),
    );
  }

  /** Adds a record, for the consumer that fills the batch. */
  append(start: number, end: number): void {
    const extents = this.#extents;
    if (this.#length === extents.starts.length) extents.grow();
    extents.starts[this.#length] = start;
    extents.ends[this.#length] = end;
    this.#length++;
  }

  /** Ends the validity of the batch and of all its slices. */
  clear(): void {
    this.#length = 0;
    this.#extents.epoch++;
    this.#epoch = this.#extents.epoch;
  }

  #at(index: number): number {
    const { length } = this;
    if (Number.isInteger(index) && index >= 0 && index < length) return this.#first + index;
    throw new HioloadError(
      'HIOLOAD_STATE',
      length === 0
        ? `record ${String(index)} of a batch: the batch is empty or was released`
        : `the index in a batch must be from 0 to ${String(length - 1)}; got ${String(index)}`,
    );
  }
}
