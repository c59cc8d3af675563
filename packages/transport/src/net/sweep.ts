/* The one timer and the coarse clock of a transport. */
import type { Cancel, Clock } from '@hioload/api';

/** Something with a deadline. */
export interface Timed {
  /** Acts on the deadlines that have passed. */
  sweep(nowMs: number): void;
}

const TICK_MS = 250;
/** The number of ticks from one look at the open connections to the next. */
const LEISURE_TICKS = 4;
/**
 * A tick that comes this much behind its time shows that the thread stood still: it was busy for
 * long, or its process was stopped. Peers may have sent bytes meanwhile that nobody has read.
 */
const LATE_MS = 1_000;

/**
 * Looks at everything that waits for a peer four times a second, and at the open connections once a
 * second. 10,000 open connections take 0.3 ms a second.
 *
 * Time in which the thread stood still does not count against the peers, and a late tick judges
 * nobody: until the next tick, every connection is read. Of several late ticks in a row, only the
 * first is excused. Otherwise no deadline would hold on a thread that is always late.
 */
export class Sweep {
  readonly #clock: Clock;
  readonly #urgent = new Set<Timed>();
  readonly #leisurely: () => Iterable<Timed>;
  readonly #eachTick: () => void;
  #cancel: Cancel | undefined;
  #ticks = 0;
  #dueMs = 0;
  #wasLate = false;
  /** Milliseconds in which the thread stood still. */
  #lostMs = 0;
  /** Milliseconds of the sweep's own time at the last tick. */
  nowMs: number;

  /**
   * @param leisurely gives the objects to look at once a second
   * @param eachTick is called four times a second
   */
  constructor(clock: Clock, leisurely: () => Iterable<Timed>, eachTick: () => void) {
    this.#clock = clock;
    this.#leisurely = leisurely;
    this.#eachTick = eachTick;
    this.nowMs = clock.now();
  }

  /** Starts the timer, which runs until `stop`. A second call does nothing. */
  start(): void {
    if (this.#cancel !== undefined) return;
    this.nowMs = this.exactNowMs();
    this.#schedule();
  }

  /** Reads the clock, less the time in which the thread stood still. */
  exactNowMs(): number {
    return this.#clock.now() - this.#lostMs;
  }

  /** Looks at an object at every tick, until `remove`. */
  add(timed: Timed): void {
    this.#urgent.add(timed);
  }

  remove(timed: Timed): void {
    this.#urgent.delete(timed);
  }

  stop(): void {
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #schedule(): void {
    this.#dueMs = this.#clock.now() + TICK_MS;
    this.#cancel = this.#clock.after(TICK_MS, () => this.#tick());
  }

  #tick(): void {
    const lateMs = this.#clock.now() - this.#dueMs;
    const isLate = lateMs >= LATE_MS;
    const isExcused = isLate && !this.#wasLate;
    this.#wasLate = isLate;
    if (isExcused) this.#lostMs += lateMs;
    this.#schedule();
    const nowMs = this.exactNowMs();
    this.nowMs = nowMs;
    this.#eachTick();
    if (isExcused) return;
    for (const timed of this.#urgent) timed.sweep(nowMs);
    this.#ticks += 1;
    if (this.#ticks % LEISURE_TICKS !== 0) return;
    for (const timed of this.#leisurely()) timed.sweep(nowMs);
  }
}
