// The clock that the framework measures time with, so that tests can put another in its place.

/** A way to cancel what was scheduled; a second call does nothing. */
export type Cancel = () => void;

/** Time as the framework sees it, so that tests can move it. */
export interface Clock {
  /** Milliseconds since an arbitrary moment; never goes back. */
  now(): number;
  /** Runs `work` once, not before `delayMs` (0 or more) have passed. */
  after(delayMs: number, work: () => void): Cancel;
}

/** The clock of the machine. A timer that waits does not keep its thread alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, work) {
    const timer = setTimeout(work, delayMs).unref();
    return () => clearTimeout(timer);
  },
};

/** The same clock for a process whose only work may be a timer that waits: it stays alive. */
export const keepAliveClock: Clock = {
  now: () => performance.now(),
  after(delayMs, work) {
    const timer = setTimeout(work, delayMs);
    return () => clearTimeout(timer);
  },
};
