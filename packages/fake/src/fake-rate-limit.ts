// The rate limits of the fake transport, in fake time.
import type { Clock } from '@hioload/api';

/**
 * Lets `perSecond` events pass in a second. After a quiet second it lets that many pass at once.
 */
export class FakeRateLimit {
  readonly #perSecond: number;
  readonly #clock: Clock;
  #tokens: number;
  #filledAtMs: number;

  /** @param perSecond 0 for no limit */
  constructor(perSecond: number, clock: Clock) {
    this.#perSecond = perSecond;
    this.#clock = clock;
    this.#tokens = perSecond;
    this.#filledAtMs = clock.now();
  }

  take(): boolean {
    if (this.#perSecond === 0) return true;
    const nowMs = this.#clock.now();
    this.#tokens = Math.min(
      this.#perSecond,
      this.#tokens + ((nowMs - this.#filledAtMs) * this.#perSecond) / 1_000,
    );
    this.#filledAtMs = nowMs;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}
