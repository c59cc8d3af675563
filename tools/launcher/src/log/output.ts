import { writeSync } from 'node:fs';

/** Where log lines go. Never throws: a server does not end because its log cannot be written. */
export interface LogOutput {
  write(line: string): void;
}

/** Longest time for which a full pipe may hold up the thread that logs, in milliseconds; then the line is lost. */
const FULL_PIPE_PATIENCE_MS = 1_000;
const FULL_PIPE_RETRY_MS = 5;

/**
 * Writes to a file descriptor before it returns, so that the last line before a crash is not lost.
 * @param onReaderGone told once when the reader of a pipe has closed it (`| head`); nothing is written after that
 */
export function openOutput(descriptor: number, onReaderGone: () => void): LogOutput {
  let gone = false;
  return {
    write(line) {
      if (gone || writeAll(descriptor, line) !== 'EPIPE') return;
      gone = true;
      onReaderGone();
    },
  };
}

/** The code of the error that kept it from writing all, if one did. */
function writeAll(descriptor: number, line: string): string | undefined {
  let rest = Buffer.from(line);
  let patienceMs = FULL_PIPE_PATIENCE_MS;
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(descriptor, rest));
    } catch (error) {
      const { code = 'unknown' } = error as NodeJS.ErrnoException;
      // A pipe that is full refuses the write where some process made it non-blocking.
      if (code !== 'EAGAIN' || patienceMs <= 0) return code;
      patienceMs -= FULL_PIPE_RETRY_MS;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, FULL_PIPE_RETRY_MS);
    }
  }
  return undefined;
}
