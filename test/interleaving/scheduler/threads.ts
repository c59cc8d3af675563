// Starts the threads of a module of cases, and runs schedules on them.
import { once } from 'node:events';
import {
  MessageChannel,
  type MessagePort,
  receiveMessageOnPort,
  Worker,
} from 'node:worker_threads';
import {
  ABORT,
  BOARD_WORDS,
  CASE,
  CLOSED,
  CONTROLLER,
  FORCED,
  FORCED_AT,
  MOST_STEPS,
  NOBODY,
  OPERATIONS,
  PREPARED,
  reportsAt,
  ROUND,
  State,
  stateAt,
  STEP,
  THREADS,
  THREW,
  TRACE_AT,
  TRACE_WORDS,
  TURN,
} from './board.js';
import type { CaseMemory, InterleavingCase } from './case.js';
import type { ThreadSeed } from './thread.js';

/**
 * A decision that a schedule prescribes: at this step this thread goes on, or the one whose turn it
 * is dies (DIES).
 */
export interface Forced {
  readonly step: number;
  readonly thread: number;
}

/** A decision that was taken. */
export interface Decision {
  /** The thread that came to it, or -1 at the start. */
  readonly from: number;
  /** Bit mask of the threads that could go on. */
  readonly runnable: number;
  /** The thread that went on, or -1 where none could. */
  readonly chosen: number;
  /** Where the thread that came to it stands, such as `after store #3`. */
  readonly at: string;
}

/** One schedule, run. */
export interface Execution {
  readonly decisions: readonly Decision[];
  /** What is wrong with how it ended, or `null`. */
  readonly problem: string | null;
}

/** Threads that run the cases of one module, kept for all their schedules. */
export class CaseThreads {
  readonly #cases: readonly InterleavingCase[];
  readonly #memories: readonly CaseMemory[];
  /** What the buffers of each case hold at the beginning. */
  readonly #pristine: readonly (readonly (readonly [Uint8Array, Uint8Array])[])[];
  readonly #board = new Int32Array(
    new SharedArrayBuffer(BOARD_WORDS * Int32Array.BYTES_PER_ELEMENT),
  );
  readonly #workers: Worker[] = [];
  readonly #ports: MessagePort[] = [];

  /** @param file the module that exports `cases`, as a URL */
  static async start(cases: readonly InterleavingCase[], file: string): Promise<CaseThreads> {
    const threads = new CaseThreads(cases);
    const most = Math.max(...cases.map((it) => it.threads.length));
    await Promise.all(
      Array.from({ length: most }, (_, thread) => threads.#startThread(thread, file)),
    );
    return threads;
  }

  private constructor(cases: readonly InterleavingCase[]) {
    this.#cases = cases;
    this.#memories = cases.map(({ memory }) => memory());
    this.#pristine = this.#memories.map((memory) => {
      const buffers = new Set(Object.values(memory).map(({ buffer }) => buffer));
      return [...buffers].map(
        (buffer) => [new Uint8Array(buffer), new Uint8Array(buffer).slice()] as const,
      );
    });
  }

  async #startThread(thread: number, file: string): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    const board = this.#board.buffer;
    const seed: ThreadSeed = { board, thread, file, memories: this.#memories, errors: port2 };
    const worker = new Worker(new URL('boot.mjs', import.meta.url), {
      workerData: seed,
      transferList: [port2],
    });
    this.#workers.push(worker);
    this.#ports[thread] = port1;
    await once(worker, 'message');
  }

  /** Runs a case once, and judges it. */
  execute(it: InterleavingCase, schedule: readonly Forced[]): Execution {
    const index = this.#cases.indexOf(it);
    this.#reset(index, schedule);
    Atomics.add(this.#board, ROUND, 1);
    Atomics.notify(this.#board, ROUND);
    this.#awaitController();
    const stateOf = (thread: number): number => this.#board[stateAt(thread)]!;
    const unfinished = this.#threads.filter((thread) => stateOf(thread) < State.Finished);
    const dead = this.#threads.filter((thread) => stateOf(thread) === State.Dead);
    const tooLong = this.#board[STEP] === MOST_STEPS ? `no end after ${MOST_STEPS} steps` : null;
    this.#abort(unfinished);
    const outcome = {
      memory: this.#memories[index]!,
      reports: this.#threads.map((thread) => this.#reports(thread)),
      asleep: unfinished,
      dead,
    };
    return {
      decisions: this.#decisions(),
      problem: this.#thrown() ?? tooLong ?? it.judge(outcome),
    };
  }

  async stop(): Promise<void> {
    const ended = this.#workers.map((worker) => once(worker, 'exit'));
    Atomics.store(this.#board, ROUND, CLOSED);
    Atomics.notify(this.#board, ROUND);
    for (const port of this.#ports) port.close();
    await Promise.all(ended);
  }

  get #threads(): number[] {
    return Array.from({ length: this.#board[THREADS]! }, (_, thread) => thread);
  }

  #reset(index: number, schedule: readonly Forced[]): void {
    const board = this.#board;
    for (const [bytes, pristine] of this.#pristine[index]!) bytes.set(pristine);
    board[CASE] = index;
    board[THREADS] = this.#cases[index]!.threads.length;
    board[STEP] = board[PREPARED] = board[ABORT] = 0;
    board[TURN] = NOBODY;
    board[FORCED] = schedule.length;
    board.set(
      schedule.flatMap(({ step, thread }) => [step, thread]),
      FORCED_AT,
    );
    for (const thread of this.#threads) {
      board.fill(0, stateAt(thread), stateAt(thread) + 4);
      board[reportsAt(thread)] = 0;
    }
  }

  #awaitController(): void {
    for (let turn = NOBODY; turn !== CONTROLLER; turn = Atomics.load(this.#board, TURN)) {
      Atomics.wait(this.#board, TURN, turn);
    }
  }

  /** Ends the part of threads that nobody would wake. */
  #abort(threads: readonly number[]): void {
    this.#board[ABORT] = 1;
    for (const thread of threads) {
      Atomics.store(this.#board, TURN, thread);
      Atomics.notify(this.#board, TURN);
      this.#awaitController();
    }
  }

  #reports(thread: number): number[] {
    const at = reportsAt(thread);
    return Array.from(this.#board.subarray(at + 1, at + 1 + Math.max(0, this.#board[at]!)));
  }

  #thrown(): string | null {
    for (const thread of this.#threads) {
      if (this.#board[reportsAt(thread)] !== THREW) continue;
      const { message } = receiveMessageOnPort(this.#ports[thread]!) as { message: string };
      return `thread ${thread} threw: ${message}`;
    }
    return null;
  }

  #decisions(): Decision[] {
    return Array.from({ length: this.#board[STEP]! }, (_, step) => {
      const at = TRACE_AT + step * TRACE_WORDS;
      const [from, runnable, chosen, operation, key] = this.#board.subarray(
        at,
        at + TRACE_WORDS,
      ) as unknown as number[];
      const where = `${operation! & 1 ? 'after' : 'before'} ${OPERATIONS[operation! >> 1]}`;
      return { from: from!, runnable: runnable!, chosen: chosen!, at: `${where} #${key}` };
    });
  }
}
