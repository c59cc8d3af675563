// An error that ends a setup command with one line or in silence.
import { say } from './say.mjs';

/** Ends a command, with one line that says what to do, or without a line after a signal. */
export class SetupFailure extends Error {
  /** @readonly */
  exitCode;

  /** @param {string} line @param {number} [exitCode] */
  constructor(line, exitCode = 1) {
    super(line);
    this.exitCode = exitCode;
  }
}

/**
 * Runs a command to its end. Failures are thrown up to this function, so that locks are released on
 * the way.
 * @param {() => Promise<void>} command
 */
export async function runCommand(command) {
  try {
    await command();
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error;
    if (error.message !== '') say(error.message);
    process.exit(error.exitCode);
  }
}
