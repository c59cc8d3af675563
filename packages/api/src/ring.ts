/**
 * Is handed records in place: the bytes from `start` up to `end` of `bytes`, valid until it
 * returns.
 */
export type RecordSink = (bytes: Uint8Array, start: number, end: number) => void;

/** What a producer answers instead of an offset where there is no room. */
export const RING_FULL = -1;

/**
 * The writing end of a ring of records; one thread has it. Records are written in place and become
 * visible to the other end at a flush, all of them at once, in order: at `flush`, when as many wait
 * as the producer was told to gather, and when the ring is found full.
 */
export interface RingProducer {
  /** The memory that offsets of `tryReserve` count in. */
  readonly bytes: Uint8Array;
  /** Most bytes of a record. */
  readonly maxRecordBytes: number;
  /**
   * Room for one record. Nothing of it is visible before `commit`, and a reservation that is
   * followed by another one is forgotten.
   * @param byteLength bytes of the record, 0..`maxRecordBytes`
   * @param likeOffset where the source of the bytes begins in its buffer: the record then begins at
   *   the same offset modulo 8, because copies into shared memory are ten times slower otherwise
   * @returns the offset in `bytes` where the record begins, or `RING_FULL`
   * @throws HIOLOAD_RECORD_TOO_LARGE
   */
  tryReserve(byteLength: number, likeOffset?: number): number;
  /**
   * Appends the reserved record, whose bytes are written by now. @throws HIOLOAD_STATE without a
   * reservation
   */
  commit(): void;
  /**
   * Copies a record in: `start` up to `end` of `bytes`, by default all. False where there is no
   * room. @throws HIOLOAD_RECORD_TOO_LARGE
   */
  tryPush(bytes: Uint8Array, start?: number, end?: number): boolean;
  /**
   * Copies records in until one does not fit, and flushes. Returns how many fitted. @throws
   * HIOLOAD_RECORD_TOO_LARGE
   */
  tryPushMany(records: readonly Uint8Array[]): number;
  /** Makes visible what was committed. Returns whether there was anything. */
  flush(): boolean;
}

/** The reading end of a ring of records; one thread has it. */
export interface RingConsumer {
  /** Whether a record is visible. A look, not a promise: the next call may find more. */
  hasRecords(): boolean;
  /**
   * Hands up to `limit` records to `sink`, in order, and then frees their room all at once. Where
   * the sink throws, the records handed out so far, that one included, are freed and the error
   * passes on.
   * @returns how many were handed out; 0 means the ring was empty
   * @throws HIOLOAD_STATE out of a sink of this consumer, HIOLOAD_RING_CORRUPT where the ring holds
   * what no producer wrote
   */
  drain(limit: number, sink: RecordSink): number;
}
