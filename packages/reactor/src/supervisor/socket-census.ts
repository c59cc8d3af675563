/** Counts the sockets of a port whose close is under way. */
import { readFile } from 'node:fs/promises';

// States of a row of /proc/net/tcp (include/net/tcp_states.h).
const ESTABLISHED = '01';
const FIN_WAIT2 = '05';
const LISTEN = '0A';

/** Sockets of a port whose close is under way. */
export interface SocketCensus {
  /**
   * Sockets whose last bytes, the close frame included, have not all reached the peer's machine. To
   * cut such a socket would lose the bytes.
   */
  readonly undelivered: number;
  /** Sockets whose peer has all bytes and has not closed its side. */
  readonly unanswered: number;
}

/**
 * Counts the sockets of a local TCP port whose close is under way and that still belong to a
 * process. After the last close frame the transport has forgotten a connection, but the kernel has
 * not. Undefined if the system does not show its sockets.
 */
export async function takeSocketCensus(
  port: number,
  procRoot = '/proc',
): Promise<SocketCensus | undefined> {
  const tables = await Promise.all(
    ['tcp', 'tcp6'].map((table) => readTable(`${procRoot}/self/net/${table}`)),
  );
  if (tables.every((table) => table === undefined)) return undefined;
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const census = { undelivered: 0, unanswered: 0 };
  for (const row of tables.flatMap((table) => table ?? [])) {
    const [, localAddress = '', , state, queues = '', , , , , inode] = row.trim().split(/\s+/);
    // Inode 0 means that no process holds the socket any more: the kernel ends it alone.
    if (!localAddress.endsWith(local) || state === LISTEN || inode === '0') continue;
    const unsent = parseInt(queues, 16);
    if (state === FIN_WAIT2) census.unanswered++;
    else if (state !== ESTABLISHED || unsent > 0) census.undelivered++;
  }
  return census;
}

async function readTable(path: string): Promise<readonly string[] | undefined> {
  try {
    return (await readFile(path, 'latin1')).split('\n').slice(1, -1);
  } catch {
    return undefined;
  }
}
