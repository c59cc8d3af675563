import type { EndSignal } from './launcher.js';

const END_SIGNALS: readonly EndSignal[] = ['SIGTERM', 'SIGINT', 'SIGHUP'];

/**
 * Hands the signals that ask this process to end to `take`, until it is told the exit code: one
 * that comes later ends the process with that code. They are taken to the last, so that none of
 * them turns a clean end into a death by a signal.
 */
export function onEndSignals(take: (name: EndSignal) => void): (exitCode: number) => void {
  let earned: number | undefined;
  for (const name of END_SIGNALS) {
    process.on(name, () => {
      if (earned === undefined) take(name);
      else process.exit(earned);
    });
  }
  return (exitCode) => {
    earned = exitCode;
    // All is written by then. An end without an exit drops the handlers and lives for some
    // milliseconds more.
    process.once('beforeExit', () => process.exit(exitCode));
  };
}
