/* What a reactor does when its lanes are empty: spin, park, or spin for a while. */
import { HioloadError, type IdleName, IdleStep, type IdleStrategy } from '@hioload/api';

/**
 * How long `adaptive` spins after work by default, in microseconds. A wake-up takes about as long.
 */
const SPIN_MICROSECONDS = 100;

export interface IdleOptions {
  /**
   * How long `adaptive` looks for more work before it parks, in microseconds, 0..1,000,000.
   * Default: 100.
   */
  readonly spinMicroseconds?: number;
  /** Milliseconds that never go back. Default: `performance.now`. */
  readonly now?: () => number;
}

/**
 * Never sleeps. It answers fastest and takes a whole core. It slows down only what shares the core.
 */
class SpinStrategy implements IdleStrategy {
  readonly name = 'spin';

  next(): IdleStep {
    return IdleStep.Again;
  }
}

/**
 * Sleeps as soon as there is no work. An idle reactor costs nothing; a wake-up takes 50 to 100
 * microseconds.
 */
class ParkStrategy implements IdleStrategy {
  readonly name = 'park';

  next(handled: number): IdleStep {
    return handled > 0 ? IdleStep.Again : IdleStep.Park;
  }
}

/**
 * Spins for a while after work, then sleeps. Answers within a burst are fast, and an idle reactor
 * costs nothing.
 */
class AdaptiveStrategy implements IdleStrategy {
  readonly name = 'adaptive';
  readonly #spinMs: number;
  readonly #now: () => number;
  #parkAtMs = 0;
  #idle = false;

  constructor(spinMs: number, now: () => number) {
    this.#spinMs = spinMs;
    this.#now = now;
  }

  next(handled: number): IdleStep {
    if (handled > 0) {
      // A reading of the clock costs more than a record, so the clock is read only when there is no
      // work.
      this.#idle = false;
      return IdleStep.Again;
    }
    const nowMs = this.#now();
    if (!this.#idle) {
      this.#idle = true;
      this.#parkAtMs = nowMs + this.#spinMs;
    }
    return nowMs < this.#parkAtMs ? IdleStep.Again : IdleStep.Park;
  }
}

/** @throws HIOLOAD_OPTION_INVALID */
export function idleStrategy(name: IdleName, options: IdleOptions = {}): IdleStrategy {
  const { spinMicroseconds = SPIN_MICROSECONDS, now = () => performance.now() } = options;
  if (!(spinMicroseconds >= 0 && spinMicroseconds <= 1_000_000)) {
    throw new HioloadError(
      'HIOLOAD_OPTION_INVALID',
      `spinMicroseconds must be a number from 0 to 1000000; got ${String(spinMicroseconds)}`,
    );
  }
  if (name === 'spin') return new SpinStrategy();
  return name === 'park' ? new ParkStrategy() : new AdaptiveStrategy(spinMicroseconds / 1_000, now);
}
