import { readFileSync } from 'node:fs';

/** Memory of processes, in bytes. */
export interface ProcessMemory {
  /** Pages shared with other processes count as their share (`Pss`). */
  readonly proportional: number;
  /** All pages that are there (`Rss`). */
  readonly resident: number;
}

/** Reads the memory of some processes, added up. @throws where a process is gone, or belongs to another user */
export function readProcessMemory(pids: readonly number[], procRoot = '/proc'): ProcessMemory {
  let [proportional, resident] = [0, 0];
  for (const pid of pids) {
    const rollup = readFileSync(`${procRoot}/${pid}/smaps_rollup`, 'utf8');
    proportional += kibibytes(rollup, 'Pss');
    resident += kibibytes(rollup, 'Rss');
  }
  return { proportional: proportional * 1024, resident: resident * 1024 };
}

function kibibytes(rollup: string, field: string): number {
  const value = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(rollup)?.[1];
  if (value === undefined) throw new Error(`the kernel does not tell ${field}`);
  return Number(value);
}
