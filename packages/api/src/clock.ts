/** A way to cancel what was scheduled; a second call does nothing. */
export type Cancel = () => void;

/** Time as the supervisor sees it, so that tests can move it. */
export interface Clock {
  /** Milliseconds since an arbitrary moment; never goes back. */
  now(): number;
  /** Runs `work` once, not before `delayMs` (0 or more) have passed. */
  after(delayMs: number, work: () => void): Cancel;
}
