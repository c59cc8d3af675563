/* The check, once a thread, whether connections can stand on Node's handles. */
import type { BytePool, NetSink } from '@hioload/api';
import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { HandleConn, installOwner } from './handle-conn.js';
import { takeDoors } from './handle-doors.js';
import { HandleIo } from './handle-io.js';
import type { HandleDoors, NodeHandle, NodeServerHandle } from './node-handle.js';

/** The outcome of {@link openHandles}. */
export type HandleAccess =
  | { readonly ok: true; readonly doors: HandleDoors }
  /** `reason` says in one line why plain sockets have to serve. */
  | { readonly ok: false; readonly reason: string };

const DEADLINE_MS = 5_000;
const GREETING = Buffer.from('door');
/** A write that a kernel takes, and a write that is too long while the peer does not read. */
const SMALL_BYTES = 10;
const LARGE_BYTES = 2 ** 24;

let access: Promise<HandleAccess> | undefined;

/**
 * Takes the undocumented parts from a socket of Node and tries them: a connection on loopback
 * reads, writes, writes more than the kernel takes, and ends. Where a step fails, the documented
 * sockets serve. A second call returns the outcome of the first.
 * @param pool lends the blocks of the trial
 */
export function openHandles(pool: BytePool): Promise<HandleAccess> {
  access ??= tryHandles(pool);
  return access;
}

/** The listening handle of a server. */
export function serverHandle(server: Server): NodeServerHandle {
  const { _handle: handle } = server as Server & { readonly _handle?: NodeServerHandle | null };
  if (typeof handle?.onconnection !== 'function')
    throw new Error('a server has no handle with onconnection');
  return handle;
}

async function tryHandles(pool: BytePool): Promise<HandleAccess> {
  const server = createServer();
  let timer: NodeJS.Timeout | undefined;
  try {
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(
        () => reject(new Error(`no answer within ${DEADLINE_MS} ms`)),
        DEADLINE_MS,
      );
    });
    return { ok: true, doors: await Promise.race([late, roundTrip(server, pool)]) };
  } catch (error) {
    return {
      ok: false,
      reason: `handles of Node ${process.version} cannot be used: ${(error as Error).message}`,
    };
  } finally {
    clearTimeout(timer);
    server.close();
  }
}

async function roundTrip(server: Server, pool: BytePool): Promise<HandleDoors> {
  server.listen({ host: '127.0.0.1', port: 0, exclusive: true });
  await once(server, 'listening');
  const accepted = new Promise<NodeHandle>((resolve, reject) => {
    serverHandle(server).onconnection = (status, handle) => {
      if (handle === undefined) reject(new Error(`accepting failed with ${status}`));
      else resolve(handle);
    };
  });
  const seen = { bytes: 0 };
  const client = connect({
    host: '127.0.0.1',
    port: (server.address() as AddressInfo).port,
    allowHalfOpen: true,
    onread: {
      buffer: Buffer.allocUnsafe(65_536),
      callback(byteLength) {
        seen.bytes += byteLength;
        return true;
      },
    },
  });
  try {
    const handle = await Promise.race([
      accepted,
      once(client, 'error').then(([error]) => Promise.reject(error as Error)),
    ]);
    if (client.connecting) await once(client, 'connect');
    const doors = takeDoors(client);
    installOwner(doors);
    await converse(new HandleIo(doors, pool, new Uint8Array(4_096)), handle, client);
    if (seen.bytes !== SMALL_BYTES + LARGE_BYTES)
      throw new Error(`${seen.bytes} bytes came through`);
    return doors;
  } finally {
    client.destroy();
  }
}

/**
 * Plays the server of the trial: reads the greeting and the end, writes little and much, and ends.
 */
async function converse(io: HandleIo, handle: NodeHandle, client: Socket): Promise<void> {
  const conn = new HandleConn(io, handle);
  try {
    const heard = await new Promise<Buffer>((resolve, reject) => {
      const chunks: Buffer[] = [];
      const sink: NetSink = {
        received: (bytes, start, end) => void chunks.push(Buffer.from(bytes.slice(start, end))),
        ended: () => resolve(Buffer.concat(chunks)),
        drained: () => undefined,
        closed: (error) => reject(error ?? new Error('it closed')),
      };
      conn.start(sink);
    });
    if (!heard.equals(GREETING))
      throw new Error(`${heard.toString('hex')} was read for ${GREETING.toString('hex')}`);
    client.pause();
    if (!conn.write(new Uint8Array(SMALL_BYTES), 0, SMALL_BYTES))
      throw new Error('a small write was not taken');
    if (conn.write(new Uint8Array(LARGE_BYTES), 0, LARGE_BYTES))
      throw new Error('a large write was taken at once');
    if (conn.bufferedBytes === 0) throw new Error('a large write leaves nothing in the queue');
    conn.shutdown();
    client.resume();
    await once(client, 'end');
    if (conn.bufferedBytes > 0) throw new Error('what was written stays in the queue');
  } finally {
    conn.close();
  }
}
