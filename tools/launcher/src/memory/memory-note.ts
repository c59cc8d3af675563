/** A log line about a memory option: whether it has an effect on this machine. */
export interface MemoryNote {
  readonly level: 'info' | 'warn';
  readonly text: string;
}
