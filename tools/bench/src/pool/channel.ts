/** The writing end of a way for records from one thread to another. */
export interface Writer {
  /**
   * Sends a record with the words `sequence`, `sequence + 1` and so on. Waits while there is no
   * room.
   */
  send(sequence: number): void;
  /** Makes all sent records visible. */
  flush(): void;
}

export interface Reader {
  /**
   * Hands each record that has come to `check`, and returns the number of records. The reader must
   * look for records by itself, because nothing calls it.
   */
  poll(check: PayloadCheck): number;
}

/** Checks a record: its words start at `at`. */
export type PayloadCheck = (words: Int32Array, at: number) => void;

/** The plan for both threads: their shared memory and the sizes. */
export interface ChannelPlan {
  readonly recordBytes: number;
  readonly flushEvery: number;
  /** Regions or buffers, as the arm creates them. */
  readonly shared: unknown;
}

/** An arm that passes records through shared memory. */
export interface Channel {
  create(recordBytes: number): unknown;
  writer(plan: ChannelPlan): Writer;
  reader(plan: ChannelPlan): Reader;
}

/**
 * Memory for records in every ring of the benchmark. From half a MiB on, written bytes have left
 * the nearest cache of the writer before they are read. In 128 KiB both ends fight for the same
 * lines, and all rings pass half as much.
 */
export const RING_BYTES = 1_048_576;
