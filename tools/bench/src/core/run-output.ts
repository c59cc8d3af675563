/** Where the lines of a run go: what is asked for, and what tells that it goes on. */
export interface Output {
  result(text: string): void;
  progress(text: string): void;
}

/** Results to the standard output, so that they can be kept, progress beside it. */
export const TERMINAL: Output = {
  result: (text) => process.stdout.write(`${text}\n`),
  progress: (text) => process.stderr.write(`${text}\n`),
};
