/**
 * Delays between restarts, in milliseconds: the first is quick, what keeps failing costs a start
 * every ten seconds.
 */
const FIRST_MS = 100;
const CAP_MS = 10_000;
/** What was healthy for so long makes its next failure the first again. */
const HEALTHY_MS = 60_000;

/**
 * Exponential backoff: 100 ms, doubled up to 10 s, each shortened by chance to between a half and
 * the whole.
 */
export class Backoff {
  readonly #random: () => number;
  #attempts = 0;

  /** @param random 0 inclusive to 1 exclusive */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** How many restarts in a row there were. */
  get attempts(): number {
    return this.#attempts;
  }

  /**
   * Time to wait before the next start, in milliseconds. @param healthyMs how long the run that
   * ended had been healthy
   */
  nextMs(healthyMs: number): number {
    if (healthyMs >= HEALTHY_MS) this.#attempts = 0;
    const ceiling = Math.min(CAP_MS, FIRST_MS * 2 ** this.#attempts++);
    return Math.round(ceiling * (0.5 + this.#random() / 2));
  }
}
