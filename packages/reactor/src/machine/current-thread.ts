// Finds the kernel id of the calling thread.
import { readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';

/**
 * The operating system's id of the calling thread, as `/proc` tells it; `null` elsewhere than Linux
 * or without `/proc`.
 */
export function currentThreadId(procRoot = '/proc'): number | null {
  try {
    // The link reads `<process>/task/<thread>`.
    return Number(basename(readlinkSync(join(procRoot, 'thread-self'))));
  } catch {
    return null;
  }
}
