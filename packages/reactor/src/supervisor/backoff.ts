/** Delays between restarts, in milliseconds. */
export interface BackoffTimes {
  readonly firstMs: number;
  readonly capMs: number;
  /** A run that lasted so long makes the next failure the first again. */
  readonly healthyMs: number;
}

/** Times that suit a reactor: the first restart is quick, a reactor that keeps failing costs a start every ten seconds. */
export const RESTART_BACKOFF: BackoffTimes = { firstMs: 100, capMs: 10_000, healthyMs: 60_000 };

/** Exponential backoff with jitter over the upper half of each delay. */
export class RestartBackoff {
  readonly #times: BackoffTimes;
  readonly #random: () => number;
  #failures = 0;

  /** @param random 0 inclusive to 1 exclusive */
  constructor(times: BackoffTimes = RESTART_BACKOFF, random: () => number = Math.random) {
    this.#times = times;
    this.#random = random;
  }

  /** How long to wait before the next start. @param ranMs how long the run that just failed had been healthy */
  next(ranMs: number): number {
    if (ranMs >= this.#times.healthyMs) this.#failures = 0;
    const ceiling = Math.min(this.#times.capMs, this.#times.firstMs * 2 ** this.#failures++);
    return Math.round(ceiling / 2 + (this.#random() * ceiling) / 2);
  }
}
