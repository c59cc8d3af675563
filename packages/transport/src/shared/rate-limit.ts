/* The limit of messages per second of a connection. */
const BIGGEST_ADVANCE = 64;
const ADVANCES_PER_BURST = 16;

/** The token bucket of a connection. */
export interface Allowance {
  /** Messages that may come before the next `renew`. */
  credit: number;
  /** Tokens in the bucket at {@link refilledAtMs}. */
  tokens: number;
  refilledAtMs: number;
}

/**
 * The rule of token buckets: `perSecond` tokens a second, and a burst of the same number. A
 * connection takes several tokens at once, as an advance, and counts them down. So the clock is
 * read once an advance and not once a message. A connection may exceed its limit by one advance,
 * which is a sixteenth of a burst at most.
 */
export class RateLimit {
  readonly #burst: number;
  readonly #perMs: number;
  readonly #advance: number;

  /** @param perSecond 1 or more */
  constructor(perSecond: number) {
    this.#burst = perSecond;
    this.#perMs = perSecond / 1000;
    this.#advance = Math.min(
      BIGGEST_ADVANCE,
      Math.max(1, Math.floor(perSecond / ADVANCES_PER_BURST)),
    );
  }

  /** Fills the bucket. @param nowMs a monotonic clock, in milliseconds */
  begin(allowance: Allowance, nowMs: number): void {
    allowance.credit = 0;
    allowance.tokens = this.#burst;
    allowance.refilledAtMs = nowMs;
  }

  /**
   * Pays for a message that came without credit, and gives new credit.
   * @returns false where the limit is reached
   */
  renew(allowance: Allowance, nowMs: number): boolean {
    const earned = (nowMs - allowance.refilledAtMs) * this.#perMs;
    const tokens = Math.min(this.#burst, allowance.tokens + earned);
    const advance = Math.min(this.#advance, Math.floor(tokens));
    allowance.refilledAtMs = nowMs;
    allowance.tokens = tokens - advance;
    allowance.credit = advance - 1;
    return advance > 0;
  }
}
