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
 * Looks at everything that waits for a peer four times a second, and at the open connections once a
 * second. 10,000 open connections take 0.3 ms a second.
 */
export class Sweep {
  readonly #clock: Clock;
  readonly #urgent = new Set<Timed>();
  readonly #leisurely: () => Iterable<Timed>;
  readonly #eachTick: () => void;
  #cancel: Cancel | undefined;
  #ticks = 0;
  /** Milliseconds of the clock at the last tick. */
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
    this.nowMs = this.#clock.now();
    this.#cancel = this.#clock.after(TICK_MS, () => this.#tick());
  }

  /** Reads the clock. */
  exactNowMs(): number {
    return this.#clock.now();
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

  #tick(): void {
    this.#cancel = this.#clock.after(TICK_MS, () => this.#tick());
    const nowMs = this.#clock.now();
    this.nowMs = nowMs;
    this.#eachTick();
    for (const timed of this.#urgent) timed.sweep(nowMs);
    this.#ticks += 1;
    if (this.#ticks % LEISURE_TICKS !== 0) return;
    for (const timed of this.#leisurely()) timed.sweep(nowMs);
  }
}
