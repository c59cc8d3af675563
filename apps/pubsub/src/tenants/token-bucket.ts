// A token bucket that limits how many messages a tenant may send in a second.

const MS_PER_SECOND = 1_000;

/** Grants a number of tokens a second, with a burst of as many. */
export class TokenBucket {
  readonly #perSecond: number;
  #tokens: number;
  #filledAtMs = performance.now();

  constructor(perSecond: number) {
    this.#perSecond = perSecond;
    this.#tokens = perSecond;
  }

  /** Takes a token. @returns whether there was one */
  take(): boolean {
    const now = performance.now();
    const earned = ((now - this.#filledAtMs) / MS_PER_SECOND) * this.#perSecond;
    this.#tokens = Math.min(this.#perSecond, this.#tokens + earned);
    this.#filledAtMs = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
