/** Turns what an application prints into lines of the log. */
import type { Logger } from '@hioload/api';

/** The rest of a line that is kept until its end comes, in UTF-16 units. */
const MAX_REST = 8_192;

/** The part of a stream that is replaced. */
export interface Printer {
  write: NodeJS.WriteStream['write'];
}

/**
 * Puts every line that is written to the streams into the log: with the number of the reactor, in
 * the form of all other lines, and through the log ring, which has a bound. A print to `stdout` has
 * the level `info`, a print to `stderr` the level `warn`.
 * @returns logs the lines that have no end yet
 */
export function printIntoLog(
  streams: { readonly stdout: Printer; readonly stderr: Printer },
  log: Pick<Logger, 'info' | 'warn'>,
): () => void {
  const flushes = (['stdout', 'stderr'] as const).map((stream) => {
    const level = stream === 'stdout' ? 'info' : 'warn';
    const note = (line: string): void => {
      if (line !== '') log[level](line, { stream });
    };
    let rest = '';
    const write = (chunk: unknown, second?: unknown, third?: unknown): boolean => {
      const lines = (rest + textOf(chunk, second)).split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > MAX_REST) lines.push(rest.slice(0, MAX_REST));
      if (rest.length > MAX_REST) rest = '';
      for (const line of lines) note(line.replace(/\r$/, ''));
      const written = typeof second === 'function' ? second : third;
      if (typeof written === 'function') process.nextTick(written);
      return true;
    };
    streams[stream].write = write;
    return () => {
      note(rest);
      rest = '';
    };
  });
  return () => {
    for (const flush of flushes) flush();
  };
}

function textOf(chunk: unknown, encoding: unknown): string {
  if (typeof chunk === 'string') {
    const isText = typeof encoding !== 'string' || /^utf-?8$/i.test(encoding);
    return isText ? chunk : Buffer.from(chunk, encoding as BufferEncoding).toString();
  }
  return chunk instanceof Uint8Array ? Buffer.from(chunk).toString() : '';
}
