// Compares the limit of this process on open files with the connections that a server may take.
import type { Limits } from '@hioload/api';

/** Open files of a server beside its connections, with room. */
const OTHER_FILES = 512;

/** The limits of a process on open files, in the words of the kernel: a number or `unlimited`. */
export interface OpenFilesLimit {
  readonly soft: string;
  readonly hard: string;
  /** The most files that may be open: Node raises the soft limit to the hard one at its start. */
  readonly files: number;
}

/** What the limits of a server ask for, beside the open files that it may have. */
export interface OpenFilesNeed {
  /** Files for all connections that the limits of the server allow. */
  readonly needed: number;
  readonly isEnough: boolean;
}

/**
 * Reads the line on open files in the text of `/proc/self/limits`. The result is `null` if there is
 * no such line.
 */
export function openFilesLimitOf(text: string): OpenFilesLimit | null {
  const [, soft, hard] = /^Max open files\s+(\S+)\s+(\S+)/m.exec(text) ?? [];
  if (soft === undefined || hard === undefined) return null;
  return { soft, hard, files: hard === 'unlimited' ? Infinity : Number(hard) };
}

/**
 * Tells whether a server can have as many connections as its limits allow. Each connection, and
 * each connection that takes a page, is one open file. A limit that is off asks for nothing.
 */
export function openFilesNeed(
  { maxConnections, maxPageConnections }: Pick<Limits, 'maxConnections' | 'maxPageConnections'>,
  reactors: number,
  files: number,
): OpenFilesNeed {
  const needed = maxConnections + reactors * maxPageConnections + OTHER_FILES;
  return { needed, isEnough: needed <= files };
}
