// Reads the limits of the kernel on open files and ports.
import { openFilesLimitOf } from '@hioload/reactor';
import { readFileSync } from 'node:fs';

/** The hard limit on open files: a process may raise its own (soft) limit up to this number. */
export function openFilesLimit(procRoot = '/proc'): number {
  return openFilesLimitOf(readFileSync(`${procRoot}/self/limits`, 'utf8'))?.files ?? NaN;
}

/**
 * The most connections from one address to one port. Each connection takes a port of the range that
 * the kernel hands out.
 */
export function ephemeralPorts(procRoot = '/proc'): number {
  const [from, to] = readFileSync(`${procRoot}/sys/net/ipv4/ip_local_port_range`, 'utf8')
    .trim()
    .split(/\s+/)
    .map(Number);
  return to! - from! + 1;
}
