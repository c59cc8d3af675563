// Test support: reads the limit on open files.
import { readFileSync } from 'node:fs';

/**
 * How many files this process may open, as far as the system tells: Node raises the soft limit to
 * the hard one.
 */
export function openFilesLimit(): number {
  try {
    const limit = /^Max open files\s+(\d+|unlimited)/m.exec(
      readFileSync('/proc/self/limits', 'utf8'),
    )?.[1];
    return limit === 'unlimited' ? Infinity : Number(limit ?? 0);
  } catch {
    return 0;
  }
}
