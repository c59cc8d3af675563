const WRAP_SECONDS = 1_024;
const WRAP_MICROSECONDS = WRAP_SECONDS * 1_000_000;

/** The stamp of a record that has none. */
export const NO_STAMP = 0;

/**
 * Microseconds on a clock that all threads of the process share, 1 or more; they wrap every 17
 * minutes.
 */
export function stampNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return (seconds % WRAP_SECONDS) * 1_000_000 + Math.floor(nanoseconds / 1_000) + 1;
}

/** Seconds from a stamp to now, if it was made less than 17 minutes ago. */
export function secondsSince(stamp: number): number {
  return ((stampNow() - stamp + WRAP_MICROSECONDS) % WRAP_MICROSECONDS) / 1_000_000;
}
