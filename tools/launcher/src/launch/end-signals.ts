/** The signals that ask a process to end, and those that come before the process is ready. */

/** Signals that ask the launcher to end. */
export type EndSignal = 'SIGTERM' | 'SIGINT' | 'SIGHUP';

/** All of {@link EndSignal}. */
export const END_SIGNALS: readonly EndSignal[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];

let early: (() => void) | undefined;

/**
 * Handles the signals that come while this process still loads its modules.
 * @param ignored signals for which nothing happens
 * @param end ends this process in order; nothing is up yet
 */
export function handleEarlySignals(ignored: readonly EndSignal[], end: () => void): void {
  early = end;
  for (const name of END_SIGNALS) process.on(name, ignored.includes(name) ? () => undefined : end);
}

/** Takes the handlers of {@link handleEarlySignals} away: others are in their place. */
export function pastEarlySignals(): void {
  if (early !== undefined) for (const name of END_SIGNALS) process.off(name, early);
  early = undefined;
}
