// How a test says that it is left out: a line that the closing table of the run collects.

/** Tests that a run leaves out. */
export interface LeftOut {
  /** The tests, as in "npm start on one CPU". */
  readonly what: string;
  /** What is missing, as in "there is no taskset". */
  readonly reason: string;
  /** The command that brings it, as in "apt-get install util-linux". */
  readonly command: string;
}

const LINE = /^LEFT OUT: (.+): (.+); to run it: (.+)$/;

/** Notes that tests are left out; the closing table of the run shows it. */
export function leaveOut({ what, reason, command }: LeftOut): void {
  console.warn(`LEFT OUT: ${what}: ${reason}; to run it: ${command}`);
}

/**
 * Notes that tests are left out where a condition holds.
 *
 * @returns the condition, for `skipIf`
 */
export function leaveOutIf(condition: boolean, leftOut: LeftOut): boolean {
  if (condition) leaveOut(leftOut);
  return condition;
}

/** As {@link leaveOutIf}, for tests that need Linux. */
export function leaveOutUnlessLinux(what: string): boolean {
  return leaveOutIf(process.platform !== 'linux', {
    what,
    reason: `this is ${process.platform}`,
    command: 'npm test, on Linux',
  });
}

/** Reads a line that {@link leaveOut} wrote. @returns undefined for any other line */
export function readLeftOut(line: string): LeftOut | undefined {
  const [, what, reason, command] = LINE.exec(line) ?? [];
  if (what === undefined || reason === undefined || command === undefined) return undefined;
  return { what, reason, command };
}
