import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { isatty } from 'node:tty';

/** Where log lines go. Never throws: a server does not end because its log cannot be written. */
export interface LogOutput {
  /** Returns `false` where the line was lost because the reader is too slow. */
  write(line: string): boolean;
}

/**
 * Longest time for which a reader that is too slow may hold up the thread that logs, in
 * milliseconds.
 */
const PATIENCE_MS = 200;
/** Time without a refused write after which there is patience again, in milliseconds. */
const PATIENCE_RETURNS_MS = 5_000;
const RETRY_MS = 1;

const NOTHING = Buffer.alloc(0);
const neverNotified = new Int32Array(new SharedArrayBuffer(4));

/**
 * Writes to a file descriptor before it returns, so that the last line before a crash is not lost.
 *
 * A full pipe is waited for once, for 200 ms in all; from then on each line has one attempt without
 * a wait, and is lost where that is refused. A line of which some part was written is not lost: its
 * rest goes before the next line.
 * @param descriptor non-blocking where it is a socket, as `process.stdout` makes it; pipes and
 * terminals may block
 * @param onReaderGone told once when the reader of a pipe has closed it (`| head`); nothing is
 * written after that
 */
export function openOutput(descriptor: number, onReaderGone: () => void): LogOutput {
  const target = neverBlocking(descriptor);
  let rest: Buffer = NOTHING;
  let gone = false;
  let patienceMs = PATIENCE_MS;
  let refusedAtMs = -Infinity;

  /**
   * Writes what it can of `rest`. Returns the code of the error that kept it from writing all, if
   * one did.
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
      if (gone) return true;
      let refusal = flush();
      let isBegun = false;
      if (refusal === undefined) {
        const bytes = Buffer.from(line);
        rest = bytes;
        refusal = flush();
        isBegun = rest.length < bytes.length;
        if (!isBegun) rest = NOTHING;
      }
      if (refusal === 'EPIPE') {
        gone = true;
        onReaderGone();
      }
      return refusal !== 'EAGAIN' || isBegun;
    },
  };
}

/**
 * Opens a pipe or a terminal once more, non-blocking. Whether a write blocks is a property of the
 * open file description, which processes share: any of them could make it block again for all, as
 * Node does when it ends.
 */
function neverBlocking(descriptor: number): number {
  try {
    if (!fstatSync(descriptor).isFIFO() && !isatty(descriptor)) return descriptor;
    const { O_WRONLY, O_NONBLOCK, O_NOCTTY } = constants;
    return openSync(`/proc/self/fd/${descriptor}`, O_WRONLY | O_NONBLOCK | O_NOCTTY);
  } catch {
    // No /proc, or a pipe of another user: what process.stdout has made of it must do.
    return descriptor;
  }
}
