/** A way for 64-byte or larger records from one thread to another, as the benchmark drives it. */
export interface Writer {
  /**
   * Sends a record whose words are `sequence`, `sequence + 1` and so on. Waits while there is no
   * room.
   */
  send(sequence: number): void;
  /** Makes all that was sent visible. */
  flush(): void;
}

export interface Reader {
  /**
   * Hands what is there to `check`, and says how much it was. Only where the reader looks, and is
   * not called.
   */
  poll(check: PayloadCheck): number;
}

/** Looks at a record: its words, from `at` on. */
export type PayloadCheck = (words: Int32Array, at: number) => void;

/** What both threads are told: the memory they share, and the sizes. */
export interface ChannelPlan {
  readonly recordBytes: number;
  readonly flushEvery: number;
  /** Regions or buffers, as the arm made them. */
  readonly shared: unknown;
}

/** An arm that passes records through shared memory. */
export interface Channel {
  create(recordBytes: number): unknown;
  writer(plan: ChannelPlan): Writer;
  reader(plan: ChannelPlan): Reader;
}

/**
 * Memory for records in every ring that takes part. From half a MiB on, what is written has left
 * the writer's nearest cache by the time it is read; in 128 KiB the two ends tear at the same
 * lines, and all rings pass half as much.
 */
export const RING_BYTES = 1_048_576;
