/** A workload: one way of using a codec, with many messages per turn. */
export interface Workload {
  readonly messagesPerTurn: number;
  /** Prepares the next turn. Its time does not count. */
  prepare?(): void;
  turn(): void | Promise<void>;
  /**
   * Checks the output so far.
   * @throws Error if the output is not the expected one
   */
  verify(): void;
}

/** The names of all workloads, with their titles in the table. */
export const WORKLOADS = {
  'read-64': 'read masked frames, 64 B',
  'read-64k': 'read masked frames, 64 KiB',
  'read-text': 'read masked text, 1 KiB of ASCII',
  'read-unicode': 'read masked text, 1 KiB beyond ASCII',
  'check-ascii': 'check text, 1 KiB of ASCII (ws: isUtf8)',
  'check-unicode': 'check text, 1 KiB beyond ASCII, chunks alike (ws: isUtf8)',
  'check-anywhere': 'check text, 1 KiB beyond ASCII, anywhere (ws: isUtf8)',
  'write-64': 'write server frames, 64 B',
  'write-text': 'write server text, 64 B',
  'write-masked': 'write client frames, 64 B',
  deflate: 'write compressed, 1 KiB of JSON',
  inflate: 'read compressed, 1 KiB of JSON',
} as const;
export type WorkloadName = keyof typeof WORKLOADS;
