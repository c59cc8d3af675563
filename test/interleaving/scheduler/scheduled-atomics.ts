// Replaces `Atomics` so that a schedule decides the order of operations.
import type { Operation } from './board.js';
import type { CaseMemory } from './case.js';
import { Aborted, Died, type Turns } from './turns.js';

type Words = Int32Array;
type Wake = () => void;

/** Runs a thread's part of a schedule. */
export interface ScheduledRun {
  /**
   * Runs `work` with every operation scheduled, and what `waitAsync` calls back afterwards. False
   * where it was given up.
   */
  run(memory: CaseMemory, work: () => void): boolean;
}

/**
 * Replaces the global `Atomics` by one that stops before and after each operation until it has the
 * turn. Between the two stops lies the operation alone, and between two operations the plain
 * accesses: so plain accesses are moved against the operations of other threads, too. Sleeping is
 * modelled and never really waits.
 */
export function installScheduledAtomics(turns: Turns): ScheduledRun {
  const real = globalThis.Atomics;
  let buffers: SharedArrayBuffer[] = [];
  let active = false;
  let wakeUps: Wake[] = [];

  /** The same number for the same word in all threads. */
  const keyOf = (words: Words, index: number): number =>
    buffers.indexOf(words.buffer as SharedArrayBuffer) * 2 ** 20 +
    words.byteOffset / words.BYTES_PER_ELEMENT +
    index;

  const scheduled = <Result>(
    operation: Operation,
    words: Words,
    index: number,
    perform: () => Result,
  ): Result => {
    if (!active) return perform();
    const key = keyOf(words, index);
    turns.point(operation, false, key);
    const result = perform();
    turns.point(operation, true, key);
    return result;
  };

  /** Calls back when the schedule says so, and not when the event loop does: no promise. */
  const waiter = { then: (wake: Wake) => void wakeUps.push(wake) };

  const wait = (words: Words, index: number, value: number): 'ok' | 'not-equal' | 'timed-out' => {
    const key = keyOf(words, index);
    turns.point('wait', false, key);
    if (words[index] !== value) {
      turns.point('wait', true, key);
      return 'not-equal';
    }
    turns.sleep('wait', key);
    return 'ok';
  };

  const waitAsync = (words: Words, index: number, value: number): unknown => {
    const key = keyOf(words, index);
    turns.point('waitAsync', false, key);
    const asleep = words[index] === value;
    if (asleep) turns.beginAsyncWait(key);
    turns.point('waitAsync', true, key);
    return asleep ? { async: true, value: waiter } : { async: false, value: 'not-equal' };
  };

  globalThis.Atomics = {
    ...Object.fromEntries(
      Object.getOwnPropertyNames(real).map((name) => [name, real[name as keyof typeof real]]),
    ),
    load: (w: Words, i: number) => scheduled('load', w, i, () => real.load(w, i)),
    store: (w: Words, i: number, v: number) => scheduled('store', w, i, () => real.store(w, i, v)),
    add: (w: Words, i: number, v: number) => scheduled('add', w, i, () => real.add(w, i, v)),
    sub: (w: Words, i: number, v: number) => scheduled('sub', w, i, () => real.sub(w, i, v)),
    and: (w: Words, i: number, v: number) => scheduled('and', w, i, () => real.and(w, i, v)),
    or: (w: Words, i: number, v: number) => scheduled('or', w, i, () => real.or(w, i, v)),
    xor: (w: Words, i: number, v: number) => scheduled('xor', w, i, () => real.xor(w, i, v)),
    exchange: (w: Words, i: number, v: number) =>
      scheduled('exchange', w, i, () => real.exchange(w, i, v)),
    compareExchange: (w: Words, i: number, e: number, v: number) =>
      scheduled('compareExchange', w, i, () => real.compareExchange(w, i, e, v)),
    wait: (w: Words, i: number, v: number) => (active ? wait(w, i, v) : real.wait(w, i, v)),
    waitAsync: (w: Words, i: number, v: number) => waitAsync(w, i, v),
    notify: (w: Words, i: number, count = Number.POSITIVE_INFINITY) =>
      active
        ? scheduled('notify', w, i, () => turns.wake(keyOf(w, i), count))
        : real.notify(w, i, count),
  } as unknown as typeof Atomics;

  return {
    run(memory, work) {
      buffers = Object.values(memory).map(({ buffer }) => buffer);
      wakeUps = [];
      active = true;
      try {
        work();
        while (turns.awaitAsync()) {
          const due = wakeUps;
          wakeUps = [];
          for (const wake of due) wake();
        }
        return true;
      } catch (error) {
        if (error instanceof Aborted || error instanceof Died) return false;
        throw error;
      } finally {
        active = false;
      }
    },
  };
}
