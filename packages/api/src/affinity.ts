/** Binds threads of this process to CPUs. */
export interface Affinity {
  /** Whether threads can be bound here, and if not, why. */
  readonly available: { readonly ok: true } | { readonly ok: false; readonly reason: string };
  /** The operating system's id of the calling thread. */
  currentThreadId(): number;
  /**
   * Binds a thread; threads that it starts afterwards are born with the same binding. @throws
   * HIOLOAD_AFFINITY_FAILED
   */
  pin(threadId: number, cpus: readonly number[]): void;
  /**
   * CPUs that a thread may run on, read from the operating system, by ascending id. @throws
   * HIOLOAD_AFFINITY_FAILED
   */
  read(threadId: number): readonly number[];
}
