/** The clock that the framework measures time with; tests use a clock of their own. */

/** Cancels scheduled work. A second call does nothing. */
export type Cancel = () => void;

/** A source of time and of timers. */
export interface Clock {
  /** Milliseconds since an arbitrary moment. The number never decreases. */
  now(): number;
  /** Runs `work` once, when at least `delayMs` milliseconds (0 or more) have passed. */
  after(delayMs: number, work: () => void): Cancel;
}

/** The clock of the machine. A pending timer does not keep its thread alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, work) {
    const timer = setTimeout(work, delayMs).unref();
    return () => clearTimeout(timer);
  },
};

/** The same clock, but a pending timer keeps its process alive. */
export const keepAliveClock: Clock = {
  now: () => performance.now(),
  after(delayMs, work) {
    const timer = setTimeout(work, delayMs);
    return () => clearTimeout(timer);
  },
};
