/** A line for the log about what was done for the sake of memory, or could not be. */
export interface MemoryNote {
  readonly level: 'info' | 'warn';
  readonly text: string;
}
