// A fake clock for tests: time moves only when the test says so.
import { type Cancel, type Clock, HioloadError } from '@hioload/api';

interface Appointment {
  readonly dueMs: number;
  readonly work: () => void;
}

/**
 * A clock that stands still until the test moves it.
 *
 * ```ts
 * const clock = new FakeClock();
 * clock.after(500, () => reconnect());
 * clock.advance(499); // nothing
 * clock.advance(1); // reconnects, with clock.now() at 500
 * ```
 */
export class FakeClock implements Clock {
  #nowMs: number;
  #appointments: Appointment[] = [];

  /** @param startMs the value of `now` before the first step */
  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  /** The number of timers that wait. */
  get pending(): number {
    return this.#appointments.length;
  }

  now(): number {
    return this.#nowMs;
  }

  after(delayMs: number, work: () => void): Cancel {
    assertDuration('delayMs', delayMs);
    const appointment = { dueMs: this.#nowMs + delayMs, work };
    // The timer goes behind all timers that are due at the same time or earlier, so timers of one
    // moment run in the order in which they were set.
    const later = this.#appointments.findIndex((other) => other.dueMs > appointment.dueMs);
    this.#appointments.splice(later === -1 ? this.#appointments.length : later, 0, appointment);
    return () => {
      this.#appointments = this.#appointments.filter((other) => other !== appointment);
    };
  }

  /**
   * Moves time forward and runs the timers that come due, the earliest first, each with `now` at
   * its own moment. It also runs timers that such work sets within the step. Code that awaits a
   * promise which such work settles runs only after the next `await`.
   * @param ms 0 or more @throws HIOLOAD_OPTION_INVALID
   */
  advance(ms: number): void {
    assertDuration('ms', ms);
    const untilMs = this.#nowMs + ms;
    for (;;) {
      const next = this.#appointments[0];
      if (next === undefined || next.dueMs > untilMs) break;
      this.#appointments.shift();
      this.#nowMs = next.dueMs;
      next.work();
    }
    this.#nowMs = untilMs;
  }
}

function assertDuration(name: string, ms: number): void {
  if (Number.isFinite(ms) && ms >= 0) return;
  throw new HioloadError(
    'HIOLOAD_OPTION_INVALID',
    `${name} must be a finite number of 0 or more; got ${ms}`,
  );
}
