/** Logs that no file descriptor is left, once a minute, with what the operator can do. */
import type { Logger } from '@hioload/api';

const LINE_INTERVAL_MS = 60_000;

/**
 * Makes the function that a transport calls where no file descriptor is left.
 * @param now milliseconds that never go back
 */
export function shortageLog(
  log: Pick<Logger, 'warn'>,
  maxConnections: number,
  now: () => number = () => performance.now(),
): () => void {
  let lastLineMs: number | undefined;
  let shortages = 0;
  return () => {
    shortages += 1;
    const nowMs = now();
    if (lastLineMs !== undefined && nowMs - lastLineMs < LINE_INTERVAL_MS) return;
    lastLineMs = nowMs;
    log.warn(
      'no file descriptor is left for new connections: raise the limit of open files ' +
        `(ulimit -n), or lower maxConnections, which is ${maxConnections}`,
      { shortages },
    );
    shortages = 0;
  };
}
