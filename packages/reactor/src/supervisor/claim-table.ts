/** The claims of ports that the servers of this user hold on this machine. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { overlap } from './listen-addresses.js';

/** A claim of a running server. */
export interface HeldClaim {
  readonly address: string;
  /** The process id of its server. */
  readonly pid: number;
}

/** The places where claims are looked for. */
export interface ClaimTableOptions {
  /** Default: `/proc`. */
  readonly procRoot?: string;
}

// The whole name of a claim is below the 107 bytes that the kernel allows, whatever the address is.
const PREFIX = 'hioload-ws/port';
const ROW = /^\S+ \S+ \S+ \S+ \S+ \S+ +(\d+) @hioload-ws\/port\/(\d+)\/([^/]+)\/(\d+)\/[\da-f]+@*$/;

/**
 * Publishes a claim as an abstract Unix socket. The kernel lists the socket for every process, and
 * removes it when this process ends in any way. The name ends with a random part, so that nobody
 * can take the name before. Only Linux has such sockets: elsewhere nothing is published.
 * @returns a function that takes the claim back
 */
export async function publishClaim(address: string, port: number): Promise<() => void> {
  if (process.platform !== 'linux') return () => undefined;
  const nonce = randomBytes(4).toString('hex');
  const socket = createServer((peer) => peer.destroy());
  socket.listen({ path: `\0${PREFIX}/${port}/${address}/${process.pid}/${nonce}` });
  await once(socket, 'listening');
  socket.unref();
  return () => socket.close();
}

/**
 * Finds a claim of a port that overlaps with an address. The claims of other users do not count:
 * the kernel does not let two users share a port, and a stranger may write any name into the table.
 */
export function findClaim(
  address: string,
  port: number,
  { procRoot = '/proc' }: ClaimTableOptions = {},
): HeldClaim | undefined {
  for (const row of readRows(`${procRoot}/self/net/unix`)) {
    const [, inode = '', onPort, claimed = '', pid] = ROW.exec(row) ?? [];
    if (Number(onPort) !== port || !overlap(address, claimed)) continue;
    if (isHeldByThisUser(`${procRoot}/${pid}`, inode))
      return { address: claimed, pid: Number(pid) };
  }
  return undefined;
}

function readRows(table: string): readonly string[] {
  try {
    return readFileSync(table, 'latin1').split('\n');
  } catch {
    return [];
  }
}

/** Whether a process of the user of this process has the socket of this number. */
function isHeldByThisUser(folder: string, inode: string): boolean {
  try {
    const status = readFileSync(`${folder}/status`, 'utf8');
    const [, effectiveUser] = /^Uid:\s+\d+\s+(\d+)/m.exec(status) ?? [];
    if (Number(effectiveUser) !== process.geteuid?.()) return false;
    return readdirSync(`${folder}/fd`).some(
      (fd) => linkOf(`${folder}/fd/${fd}`) === `socket:[${inode}]`,
    );
  } catch {
    // The process has ended, or does not show its files.
    return false;
  }
}

function linkOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
