import type { Clock } from '@hioload/api';

/** The clock of this process; a timer that waits keeps it alive. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, work) {
    const timer = setTimeout(work, delayMs);
    return () => clearTimeout(timer);
  },
};
