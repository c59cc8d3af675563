/*
 * The board on which controller and threads keep the schedule. Whoever has the turn is the only one
 * to touch it; a turn is handed over by a store and a notify of the real Atomics, so plain accesses
 * are enough for the rest.
 *
 *   0          TURN        thread that runs, or CONTROLLER
 *   1          STEP        decisions taken
 *   2          PREPARED    threads that have attached
 *   3          ABORT       1: whoever comes to a decision stops
 *   4          FORCED      length of the list of forced decisions, pairs of step and thread
 *   5          THREADS     of the case; further ones stay out of it
 *   6          ROUND       counts schedules; a change starts the next one
 *   7          CASE        index of the case that is run
 *   16 + t*4   of thread t: state, key that it sleeps on, state and key of its asynchronous wait
 *   64 + t*64  of thread t: number of reports, reports
 *   FORCED_AT  pairs
 *   TRACE_AT   per decision: thread that came to it, mask of threads that could go on, thread
 *              chosen, operation, key
 */
export const TURN = 0;
export const STEP = 1;
export const PREPARED = 2;
export const ABORT = 3;
export const FORCED = 4;
export const THREADS = 5;
export const ROUND = 6;
export const CASE = 7;
export const FORCED_AT = 512;
export const MOST_FORCED = 64;
export const TRACE_AT = FORCED_AT + 2 * MOST_FORCED;
export const TRACE_WORDS = 5;
export const MOST_STEPS = 4_000;
export const BOARD_WORDS = TRACE_AT + TRACE_WORDS * MOST_STEPS;

export const CONTROLLER = -1;
/** As a forced decision: the thread that has the turn dies here. */
export const DIES = -4;
/** Nobody yet: the threads attach. */
export const NOBODY = -2;
/** In place of a number of reports: the thread threw, and has sent the error. */
export const THREW = -1;
/** In place of a round: the threads end. */
export const CLOSED = -1;

export const State = { Ready: 0, Asleep: 1, Finished: 2, Dead: 3 } as const;
export const AsyncWait = { None: 0, Waiting: 1, Notified: 2 } as const;

export const stateAt = (thread: number): number => 16 + thread * 4;
export const keyAt = (thread: number): number => stateAt(thread) + 1;
export const asyncStateAt = (thread: number): number => stateAt(thread) + 2;
export const asyncKeyAt = (thread: number): number => stateAt(thread) + 3;
export const reportsAt = (thread: number): number => 64 + thread * 64;

/** Operations by their number in the trace. Even: before it, odd: after it. */
export const OPERATIONS = [
  'start',
  'end',
  'load',
  'store',
  'add',
  'sub',
  'and',
  'or',
  'xor',
  'exchange',
  'compareExchange',
  'wait',
  'notify',
  'waitAsync',
  'wake-up',
] as const;
export type Operation = (typeof OPERATIONS)[number];
