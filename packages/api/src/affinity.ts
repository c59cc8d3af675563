/** The binding of threads to CPUs. */

/** Binds threads of this process to CPUs. */
export interface Affinity {
  /** Whether threads can be bound on this machine; `reason` says why they cannot. */
  readonly available: { readonly ok: true } | { readonly ok: false; readonly reason: string };
  /** The id of the calling thread in the operating system. */
  currentThreadId(): number;
  /**
   * Binds a thread to CPUs. Threads that this thread starts later have the same binding.
   * @throws HIOLOAD_AFFINITY_FAILED
   */
  pin(threadId: number, cpus: readonly number[]): void;
  /**
   * Reads from the operating system on which CPUs a thread may run. The ids are ascending.
   * @throws HIOLOAD_AFFINITY_FAILED
   */
  read(threadId: number): readonly number[];
}
