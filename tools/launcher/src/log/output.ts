/** Writes log lines to a file descriptor, and drops them for a reader that is too slow. */
import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** The output of a log. Never throws: a server goes on although its log cannot be written. */
export interface LogOutput {
  /** Returns the code of the system error that lost the line; undefined if it is not lost. */
  write(line: string): string | undefined;
}

/** Longest time for which a slow reader may hold up the thread that logs, in milliseconds. */
const PATIENCE_MS = 200;
/** Time without a refused write after which the full wait is available again, in milliseconds. */
const PATIENCE_RETURNS_MS = 5_000;
const RETRY_MS = 1;

const NOTHING = Buffer.alloc(0);
const neverNotified = new Int32Array(new SharedArrayBuffer(4));

/**
 * Opens an output on a file descriptor. Each write happens before the call returns, so that the
 * last line before a crash is not lost.
 *
 * If a pipe is full, the output waits for its reader, for {@link PATIENCE_MS} in all. After that it
 * tries to write each line once, without a wait, and loses the line if the write is refused. A line
 * that was written in part is not lost: its rest goes before the next line.
 * @param descriptor a socket must be non-blocking, as `process.stdout` makes it; a pipe or a
 * terminal may block
 * If the log cannot be written at all, each line is tried all the same: a named pipe may get a new
 * reader, and a disk may get room.
 * @param onFailure called with the code of the error when the log begins to be unwritable, such as
 * EPIPE for a reader that has gone and ENOSPC for a full disk; not for a slow reader
 */
export function openOutput(descriptor: number, onFailure: (code: string) => void): LogOutput {
  const target = neverBlocking(descriptor);
  let rest: Buffer = NOTHING;
  let hasFailed = false;
  let patienceMs = PATIENCE_MS;
  let refusedAtMs = -Infinity;

  /**
   * Writes as much of `rest` as it can. Returns the code of the error that stopped it, or undefined
   * if it wrote all.
   */
  const flush = (): string | undefined => {
    while (rest.length > 0) {
      try {
        rest = rest.subarray(writeSync(target, rest));
      } catch (error) {
        const { code = 'unknown' } = error as NodeJS.ErrnoException;
        if (code !== 'EAGAIN') return code;
        const nowMs = performance.now();
        if (nowMs - refusedAtMs >= PATIENCE_RETURNS_MS) patienceMs = PATIENCE_MS;
        refusedAtMs = nowMs;
        if (patienceMs <= 0) return code;
        Atomics.wait(neverNotified, 0, 0, RETRY_MS);
        patienceMs -= performance.now() - nowMs;
      }
    }
    return undefined;
  };

  return {
    write(line) {
      let refusal = flush();
      let isBegun = false;
      if (refusal === undefined) {
        const bytes = Buffer.from(line);
        rest = bytes;
        refusal = flush();
        isBegun = rest.length < bytes.length;
        if (!isBegun) rest = NOTHING;
      }
      const isWorking = refusal === undefined || refusal === 'EAGAIN';
      if (!isWorking && !hasFailed) onFailure(refusal!);
      hasFailed = !isWorking;
      // The next reader has not read the beginning of this line.
      if (refusal === 'EPIPE') rest = NOTHING;
      return isBegun && refusal !== 'EPIPE' ? undefined : refusal;
    },
  };
}

/**
 * Opens a pipe or a terminal once more, non-blocking. Whether a write blocks depends on the open
 * file description. Processes share it, and any of them can make it block again for all of them, as
 * Node does when it ends. The new description belongs to this process alone.
 */
function neverBlocking(descriptor: number): number {
  try {
    if (!fstatSync(descriptor).isFIFO() && !isatty(descriptor)) return descriptor;
    const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
    return openSync(`/proc/self/fd/${descriptor}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
  } catch {
    // There is no /proc, or the pipe belongs to another user: the descriptor is used as it is.
    return descriptor;
  }
}
