import type { Clock } from '@hioload/api';

/** The clock of this process. Its timers do not keep the process alive: what is waited for does. */
export const systemClock: Clock = {
  now: () => performance.now(),
  after(delayMs, work) {
    const timer = setTimeout(work, delayMs).unref();
    return () => clearTimeout(timer);
  },
};
