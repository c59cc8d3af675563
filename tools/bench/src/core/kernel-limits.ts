// Reads the limits of the kernel on open files and ports.
import { readFileSync } from 'node:fs';

/** The hard limit on open files: a process may raise its own (soft) limit up to this number. */
export function openFilesLimit(procRoot = '/proc'): number {
  const hard = /^Max open files\s+\S+\s+(\S+)/m.exec(
    readFileSync(`${procRoot}/self/limits`, 'utf8'),
  )?.[1];
  return hard === 'unlimited' ? Infinity : Number(hard);
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
