import type { Clock } from '@hioload/api';

/** The clock of the machine. A timer of it alone keeps no thread alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, work) {
    const timer = setTimeout(work, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
