// A scheduled thread: runs its part of each case.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { CASE, CLOSED, reportsAt, ROUND, THREADS, THREW } from './board.js';
import type { CaseMemory, InterleavingCase } from './case.js';
import { installScheduledAtomics } from './scheduled-atomics.js';
import { Turns } from './turns.js';

/** What the controller hands to a scheduled thread. */
export interface ThreadSeed {
  readonly board: SharedArrayBuffer;
  readonly thread: number;
  readonly file: string;
  /** Of each case, in the order in which the module exports them. */
  readonly memories: readonly CaseMemory[];
  /** Takes the text of an error before the thread passes on its turn. */
  readonly errors: MessagePort;
}

const seed = workerData as ThreadSeed;
const board = new Int32Array(seed.board);
const { load, wait } = Atomics;
const turns = new Turns(board, seed.thread);
const scheduled = installScheduledAtomics(turns);

// Only now: the code under test may take hold of Atomics when it is loaded.
const { cases } = (await import(seed.file)) as { readonly cases: readonly InterleavingCase[] };
parentPort!.postMessage('loaded');

for (let round = 0; ;) {
  wait(board, ROUND, round);
  round = load(board, ROUND);
  if (round === CLOSED) break;
  if (seed.thread < board[THREADS]!) runOnce();
}

function runOnce(): void {
  const at = reportsAt(seed.thread);
  try {
    const memory = seed.memories[board[CASE]!]!;
    const work = cases[board[CASE]!]!.threads[seed.thread]!(memory);
    turns.prepared();
    scheduled.run(memory, () => {
      const reports = work();
      board[at] = reports.length;
      board.set(reports, at + 1);
    });
  } catch (error) {
    board[at] = THREW;
    seed.errors.postMessage(
      error instanceof Error ? (error.stack ?? error.message) : String(error),
    );
  }
  turns.finish();
}

seed.errors.close();
