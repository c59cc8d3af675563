/** Hands the signals that end this process to the launcher. */
import { END_SIGNALS, type EndSignal, pastEarlySignals } from './end-signals.js';

/**
 * Hands each signal that asks this process to end to `take`. The handlers stay until the process
 * ends: otherwise a late signal would turn a clean end into a death by a signal.
 * @param ignored signals that this process was started to ignore; nothing happens when they come
 * @returns a function that takes the exit code; from then on a signal ends the process with this
 * code
 */
export function onEndSignals(
  take: (name: EndSignal) => void,
  ignored: readonly EndSignal[] = [],
): (exitCode: number) => void {
  let earned: number | undefined;
  for (const name of END_SIGNALS) {
    process.on(name, () => {
      if (ignored.includes(name)) return;
      if (earned === undefined) take(name);
      else process.exit(earned);
    });
  }
  pastEarlySignals();
  return (exitCode) => {
    earned = exitCode;
    // All output is written by then. Without this exit, Node would remove the handlers and live for
    // some milliseconds more.
    process.once('beforeExit', () => process.exit(exitCode));
  };
}
