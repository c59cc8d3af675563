/** The lines of a run: results, and the progress of the run. */
export interface Output {
  result(text: string): void;
  progress(text: string): void;
}

/**
 * Writes results to the standard output, so that a person can keep them, and progress to the
 * standard error.
 */
export const TERMINAL: Output = {
  result: (text) => process.stdout.write(`${text}\n`),
  progress: (text) => process.stderr.write(`${text}\n`),
};
