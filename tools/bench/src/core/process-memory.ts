// Reads the memory that processes use.
import { readFileSync } from 'node:fs';

/**
 * Memory of processes, in bytes. The bench does not use `Pss`, which divides shared pages among
 * their processes: it falls while another process with the same program starts.
 */
export interface ProcessMemory {
  /** All pages in memory (`Rss`). */
  readonly resident: number;
  /** The resident pages that belong to no file, such as heaps and stacks (`Anonymous`). */
  readonly anonymous: number;
}

/**
 * Reads the memory of some processes as a sum.
 * @throws if a process has ended, or belongs to another user
 */
export function readProcessMemory(pids: readonly number[], procRoot = '/proc'): ProcessMemory {
  let [resident, anonymous] = [0, 0];
  for (const pid of pids) {
    const rollup = readFileSync(`${procRoot}/${pid}/smaps_rollup`, 'utf8');
    resident += kibibytes(rollup, 'Rss');
    anonymous += kibibytes(rollup, 'Anonymous');
  }
  return { resident: resident * 1024, anonymous: anonymous * 1024 };
}

function kibibytes(rollup: string, field: string): number {
  const value = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(rollup)?.[1];
  if (value === undefined) throw new Error(`the kernel does not tell ${field}`);
  return Number(value);
}
