/** The two ends of a ring of records. */

/**
 * A function that gets a record in place: `bytes[start..end)`, valid until the function returns.
 */
export type RecordSink = (bytes: Uint8Array, start: number, end: number) => void;

/** The answer of `tryReserve` if the ring has no room. */
export const RING_FULL = -1;

/**
 * The writing end of a ring of records. It belongs to one thread. Records are written in place. A
 * flush makes all written records visible to the reading end at once, in order. A flush happens at
 * a call of `flush`, when the number of gathered records reaches the limit of the producer, and
 * when the producer finds the ring full.
 */
export interface RingProducer {
  /** The memory of the ring. The offsets of `tryReserve` are offsets in it. */
  readonly bytes: Uint8Array;
  /** The longest record, in bytes. */
  readonly maxRecordBytes: number;
  /**
   * Reserves room for one record. The record is not visible before `commit`. A second reservation
   * without a `commit` replaces the first one.
   * @param byteLength the length of the record, 0..`maxRecordBytes`
   * @param likeOffset the offset of the source bytes in their buffer. The record then begins at the
   *   same offset modulo 8: copies into shared memory are ten times slower otherwise.
   * @returns the offset in `bytes` at which the record begins, or `RING_FULL`
   * @throws HIOLOAD_RECORD_TOO_LARGE
   */
  tryReserve(byteLength: number, likeOffset?: number): number;
  /**
   * Appends the reserved record. The caller has written its bytes before.
   * @throws HIOLOAD_STATE without a reservation
   */
  commit(): void;
  /**
   * Copies `bytes[start..end)` into the ring as one record; default: all bytes.
   * @returns false if the ring has no room
   * @throws HIOLOAD_RECORD_TOO_LARGE
   */
  tryPush(bytes: Uint8Array, start?: number, end?: number): boolean;
  /**
   * Copies records into the ring until one does not fit, and flushes.
   * @returns the number of records that fitted
   * @throws HIOLOAD_RECORD_TOO_LARGE
   */
  tryPushMany(records: readonly Uint8Array[]): number;
  /** Makes the committed records visible. @returns whether there were any */
  flush(): boolean;
}

/** The reading end of a ring of records. It belongs to one thread. */
export interface RingConsumer {
  /** Whether a record is visible now. The next call may find more records. */
  hasRecords(): boolean;
  /**
   * Hands up to `limit` records to `sink`, in order, and then frees the room of all of them. If the
   * sink throws, the room of the records so far is freed, including the record that made it throw,
   * and the error is thrown again.
   * @returns the number of records handed to the sink; 0 means that the ring was empty
   * @throws HIOLOAD_STATE if a sink of this consumer calls it, HIOLOAD_RING_CORRUPT if the ring
   * holds a record that no producer wrote
   */
  drain(limit: number, sink: RecordSink): number;
}
