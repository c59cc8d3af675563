// Finds the kernel id of the calling thread.
import { readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * The id that the kernel gave the calling thread, read from `/proc`. `null` if there is no `/proc`.
 */
export function currentThreadId(procRoot = '/proc'): number | null {
  try {
    // The link reads `<process>/task/<thread>`.
    return Number(basename(readlinkSync(join(procRoot, 'thread-self'))));
  } catch {
    return null;
  }
}
