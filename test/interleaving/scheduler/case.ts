/**
 * Shared memory that a case works on, by name. Plain data, so that it can be sent to the threads.
 */
export type CaseMemory = Readonly<
  Record<string, { readonly buffer: SharedArrayBuffer; readonly byteOffset: number }>
>;

/** How one schedule ended. */
export interface Outcome<Memory> {
  readonly memory: Memory;
  /** What each thread reports: integers of 32 bits, at most 60. */
  readonly reports: readonly (readonly number[])[];
  /** Threads that wait for a notification that nobody is left to send. */
  readonly asleep: readonly number[];
  /** Threads that died on the way, whose reports are empty. */
  readonly dead: readonly number[];
}

/** A few operations of a few threads, small enough to be run in every order. */
export interface InterleavingCase<Memory extends CaseMemory = CaseMemory> {
  readonly name: string;
  /** Makes the memory. Its content at this moment is restored before each schedule. */
  readonly memory: () => Memory;
  /**
   * One per thread, two or three. The outer function attaches and is not scheduled; the inner one
   * is. It may not wait in a loop for another thread, but may sleep by `Atomics.wait` and
   * `Atomics.waitAsync`.
   */
  readonly threads: readonly ((memory: Memory) => () => readonly number[])[];
  /** Set where every thread may also die, once a schedule, at every step. */
  readonly deaths?: true;
  /** Set where the code is wrong on purpose: some order has to show it. */
  readonly broken?: true;
  /** What is wrong with an outcome, or `null`. */
  readonly judge: (outcome: Outcome<Memory>) => string | null;
}

/** Keeps the memory's type between the parts of a case. */
export function defineCase<Memory extends CaseMemory>(
  definition: InterleavingCase<Memory>,
): InterleavingCase {
  return definition as unknown as InterleavingCase;
}
