// Reads files of the kernel that may be missing.
import { readdir, readFile } from 'node:fs/promises';

import { parseCpuList } from './cpu-list.js';

/**
 * Reads a file of `/sys` or `/proc`; `null` where it cannot be read. Whatever the reason, absent,
 * forbidden or a CPU that went offline meanwhile, it comes to the same: the kernel does not tell.
 */
export async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return null;
  }
}

/**
 * Reads a file that holds a CPU list; `null` where it cannot be read. @throws
 * HIOLOAD_CPU_LIST_INVALID (as a rejection)
 */
export async function readCpuListFile(path: string): Promise<number[] | null> {
  const text = await readText(path);
  return text === null ? null : parseCpuList(text, path);
}

/** Reads a file that holds one integer; `null` where it cannot be read or holds something else. */
export async function readInteger(path: string): Promise<number | null> {
  const text = (await readText(path))?.trim() ?? '';
  return /^-?\d+$/.test(text) ? Number(text) : null;
}

/** Names in a folder, in no order; none where it cannot be read. */
export async function listNames(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch {
    return [];
  }
}

/**
 * Bytes that the line `MemTotal: N kB` of a meminfo file stands for, of the machine or of one node;
 * `null` without it.
 */
export function totalMemoryBytes(meminfo: string | null): number | null {
  const match = /MemTotal:\s*(\d+) kB/.exec(meminfo ?? '');
  return match === null ? null : Number(match[1]) * 1024;
}
