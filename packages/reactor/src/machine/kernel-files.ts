// Reads files of the kernel that may be missing.
import { readdir, readFile } from 'node:fs/promises';

import { parseCpuList } from './cpu-list.js';

/**
 * Reads a file of `/sys` or `/proc`. The result is `null` if the file cannot be read, for any
 * reason: the file is absent or forbidden, or its CPU went offline.
 */
export async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch {
    return null;
  }
}

/**
 * Reads a file that holds a CPU list. The result is `null` if the file cannot be read.
 * @throws HIOLOAD_CPU_LIST_INVALID (as a rejection)
 */
export async function readCpuListFile(path: string): Promise<number[] | null> {
  const text = await readText(path);
  return text === null ? null : parseCpuList(text, path);
}

/** Reads a file that holds one integer. The result is `null` if it holds none. */
export async function readInteger(path: string): Promise<number | null> {
  const text = (await readText(path))?.trim() ?? '';
  return /^-?\d+$/.test(text) ? Number(text) : null;
}

/** The names in a folder, in any order. The list is empty if the folder cannot be read. */
export async function listNames(path: string): Promise<string[]> {
  try {
    return await readdir(path);
  } catch {
    return [];
  }
}

/**
 * The bytes that the line `MemTotal: N kB` of a meminfo file names, for the machine or for a node.
 * `null` if there is no such line.
 */
export function totalMemoryBytes(meminfo: string | null): number | null {
  const match = /MemTotal:\s*(\d+) kB/.exec(meminfo ?? '');
  return match === null ? null : Number(match[1]) * 1024;
}
