import type { RecordSink } from './ring.js';

/**
 * A run of records in place, in order, without copies. Valid until it is released to whom it was
 * taken from.
 */
export interface Batch {
  readonly length: number;
  /** The memory that the offsets count in. */
  readonly bytes: Uint8Array;
  /** Where a record begins; `index` is 0..`length - 1`. */
  startOf(index: number): number;
  /** Where a record ends, its last byte not included. */
  endOf(index: number): number;
  /** Hands each record to `sink`, in order. */
  forEach(sink: RecordSink): void;
  /**
   * The records from `from` up to `to`, as `Array.prototype.slice` counts; shares the bytes and the
   * validity.
   */
  slice(from?: number, to?: number): Batch;
}

/** A consumer that lends records out in batches. */
export interface BatchSource {
  /**
   * Takes up to `limit` records. The batch is one object, reused by the next call; its length is 0
   * where there is nothing.
   * @throws HIOLOAD_STATE while another batch is out
   */
  take(limit: number): Batch;
  /** Frees the room of the batch that is out; without one nothing happens. */
  release(): void;
}
