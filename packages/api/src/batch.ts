/** Batches of records, which a consumer lends out in place. */
import type { RecordSink } from './ring.js';

/** A run of records in place, in order. The batch is valid until its source takes it back. */
export interface Batch {
  /** The number of records. */
  readonly length: number;
  /** The memory of the records. `startOf` and `endOf` are offsets in it. */
  readonly bytes: Uint8Array;
  /** The offset at which a record begins; `index` is 0..`length - 1`. */
  startOf(index: number): number;
  /** The offset after the last byte of a record. */
  endOf(index: number): number;
  /** Hands each record to `sink`, in order. */
  forEach(sink: RecordSink): void;
  /**
   * The records from `from` up to `to`, counted as `Array.prototype.slice` does. The slice has the
   * same memory, and is valid as long as the batch.
   */
  slice(from?: number, to?: number): Batch;
}

/** A consumer that lends records out in batches. */
export interface BatchSource {
  /**
   * Lends up to `limit` records. Every call returns the same object. Its length is 0 if there are
   * no records.
   * @throws HIOLOAD_STATE if the batch before has not been released
   */
  take(limit: number): Batch;
  /** Takes the lent batch back, and frees its room. Without a lent batch nothing happens. */
  release(): void;
}
