// Passes the turn from one thread to the next, as the schedule says.
import {
  ABORT,
  asyncKeyAt,
  asyncStateAt,
  AsyncWait,
  CONTROLLER,
  DIES,
  FORCED,
  FORCED_AT,
  keyAt,
  MOST_STEPS,
  type Operation,
  OPERATIONS,
  PREPARED,
  State,
  stateAt,
  STEP,
  THREADS,
  TRACE_AT,
  TRACE_WORDS,
  TURN,
} from './board.js';

/** Kept before the global is replaced. */
const real = {
  load: Atomics.load,
  store: Atomics.store,
  wait: Atomics.wait,
  notify: Atomics.notify,
  add: Atomics.add,
};

/** Unwinds a thread whose schedule was given up. */
export class Aborted extends Error {}

/** Unwinds a thread that the schedule lets die. */
export class Died extends Error {}

/**
 * One thread's view of the schedule. The threads pass the turn among themselves, by the list of
 * forced decisions and otherwise by going on: with two changes of thread in a schedule of 60 steps,
 * only these two cost a wake-up.
 */
export class Turns {
  readonly #board: Int32Array;
  readonly thread: number;
  /**
   * Whether this thread has died in the schedule that runs. It no longer looks at the board then.
   */
  #died = false;

  constructor(board: Int32Array, thread: number) {
    this.#board = board;
    this.thread = thread;
  }

  /** Says that this thread has attached; the last one takes the first decision. */
  prepared(): void {
    const board = this.#board;
    this.#died = false;
    if (real.add(board, PREPARED, 1) + 1 === board[THREADS]!)
      this.#pass(this.#decide('start', false, 0));
    this.#awaitTurn();
  }

  /** A point at which another thread may go on. @throws Aborted, Died */
  point(operation: Operation, isAfter: boolean, key: number): void {
    // What runs while a thread is unwound, such as a `finally`, touches nothing any more: the dead
    // do not tidy up.
    if (this.#died) throw new Died();
    if (this.#board[ABORT] === 1) throw new Aborted();
    const next = this.#decide(operation, isAfter, key);
    if (next !== this.thread) {
      this.#pass(next);
      if (this.#died) throw new Died();
      this.#awaitTurn();
    }
    if (this.#board[ABORT] === 1) throw new Aborted();
  }

  /** Goes to sleep until a notification. @throws Aborted when nobody is left to send it */
  sleep(operation: Operation, key: number): void {
    this.#board[keyAt(this.thread)] = key;
    this.#board[stateAt(this.thread)] = State.Asleep;
    this.point(operation, true, key);
  }

  /** Notes an asynchronous wait: from now on a notification reaches it. One at a time. */
  beginAsyncWait(key: number): void {
    this.#board[asyncKeyAt(this.thread)] = key;
    this.#board[asyncStateAt(this.thread)] = AsyncWait.Waiting;
  }

  /** Sleeps until the asynchronous wait is notified; false where there is none. @throws Aborted */
  awaitAsync(): boolean {
    const at = asyncStateAt(this.thread);
    if (this.#board[at] === AsyncWait.None) return false;
    if (this.#board[at] === AsyncWait.Waiting)
      this.sleep('wake-up', this.#board[asyncKeyAt(this.thread)]!);
    this.#board[at] = AsyncWait.None;
    return true;
  }

  /** Wakes up to `count` of the threads that sleep on a key. */
  wake(key: number, count: number): number {
    const board = this.#board;
    let woken = 0;
    for (let thread = 0; thread < board[THREADS]! && woken < count; thread++) {
      if (board[stateAt(thread)] === State.Asleep && board[keyAt(thread)] === key) {
        board[stateAt(thread)] = State.Ready;
        woken++;
      } else if (
        board[asyncStateAt(thread)] === AsyncWait.Waiting &&
        board[asyncKeyAt(thread)] === key
      ) {
        board[asyncStateAt(thread)] = AsyncWait.Notified;
        woken++;
      }
    }
    return woken;
  }

  finish(): void {
    if (this.#died) return;
    this.#board[stateAt(this.thread)] = State.Finished;
    this.#pass(this.#board[ABORT] === 1 ? CONTROLLER : this.#decide('end', true, 0));
  }

  /** Takes the next decision and notes it. */
  #decide(operation: Operation, isAfter: boolean, key: number): number {
    const board = this.#board;
    const step = board[STEP]!;
    if (step === MOST_STEPS) {
      board[ABORT] = 1;
      return CONTROLLER;
    }
    board[STEP] = step + 1;
    const forced = this.#forced(step);
    if (forced === DIES) {
      this.#died = true;
      board[stateAt(this.thread)] = State.Dead;
    }
    let runnable = 0;
    for (let thread = board[THREADS]! - 1; thread >= 0; thread--) {
      if (board[stateAt(thread)] === State.Ready) runnable |= 1 << thread;
    }
    const chosen =
      forced === undefined || forced === DIES ? this.#byDefault(operation, runnable) : forced;
    const at = TRACE_AT + step * TRACE_WORDS;
    board[at] = operation === 'start' ? CONTROLLER : this.thread;
    board[at + 1] = runnable;
    board[at + 2] = chosen;
    board[at + 3] = OPERATIONS.indexOf(operation) * 2 + Number(isAfter);
    board[at + 4] = key;
    return chosen;
  }

  #forced(step: number): number | undefined {
    const board = this.#board;
    for (let i = 0; i < board[FORCED]!; i++) {
      if (board[FORCED_AT + 2 * i] === step) return board[FORCED_AT + 2 * i + 1];
    }
    return undefined;
  }

  /** Going on, or else the first thread that can; the controller where none can. */
  #byDefault(operation: Operation, runnable: number): number {
    if (operation !== 'start' && (runnable & (1 << this.thread)) !== 0) return this.thread;
    return runnable === 0 ? CONTROLLER : 31 - Math.clz32(runnable & -runnable);
  }

  #pass(next: number): void {
    real.store(this.#board, TURN, next);
    real.notify(this.#board, TURN);
  }

  #awaitTurn(): void {
    for (;;) {
      const turn = real.load(this.#board, TURN);
      if (turn === this.thread) return;
      real.wait(this.#board, TURN, turn);
    }
  }
}
