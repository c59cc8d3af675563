/** Warns once if the limits of a server allow more connections than it may have open files. */
import type { Limits, Logger } from '@hioload/api';
import { openFilesLimitOf, openFilesNeed } from '../machine/open-files.js';

/** @param limitsText the text of `/proc/self/limits`; `null` where it cannot be read */
export function warnOfOpenFiles(
  limits: Pick<Limits, 'maxConnections' | 'maxPageConnections'>,
  reactors: number,
  limitsText: string | null,
  log: Pick<Logger, 'warn'>,
): void {
  const limit = openFilesLimitOf(limitsText ?? '');
  if (limit === null) return;
  const { needed, isEnough } = openFilesNeed(limits, reactors, limit.files);
  if (isEnough) return;
  const { maxConnections, maxPageConnections } = limits;
  log.warn(
    `the process may have ${limit.hard} open files, and the limits on connections need ` +
      `${needed}: raise the hard limit (ulimit -n, LimitNOFILE=), or lower maxConnections, which ` +
      `is ${maxConnections}, and maxPageConnections, which is ${maxPageConnections} for each of ` +
      `${reactors} reactor${reactors === 1 ? '' : 's'}`,
    { openFiles: limit.files, needed, maxConnections, maxPageConnections },
  );
}
