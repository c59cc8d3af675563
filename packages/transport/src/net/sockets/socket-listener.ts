import {
  type BytePool,
  HioloadError,
  type NetAddress,
  type NetConn,
  type NetListener,
} from '@hioload/api';
import { createServer, type AddressInfo, type ListenOptions, type Server } from 'node:net';
import { assertPort, bindError } from '../../shared/bind-error.js';
import { serverHandle } from './handle-check.js';
import { HandleConn } from './handle-conn.js';
import { HandleIo } from './handle-io.js';
import type { HandleDoors } from './node-handle.js';
import { SocketConn } from './socket-conn.js';

/** Connections that wait in the kernel until they are accepted; it may be set to allow less. */
const BACKLOG = 4_096;

/**
 * Whether several threads can listen on one port with the sockets of this Node: from 22.12 on, on
 * Linux.
 */
export const SHARES_PORT = process.platform === 'linux' && isFrom(process.versions.node, 22, 12);

/** What a listener makes connections with. */
export interface SocketListenerOptions {
  readonly pool: BytePool;
  /** Where reads land; of handles only. */
  readonly readBuffer: Uint8Array;
  /** Undefined where plain sockets have to do. */
  readonly doors: HandleDoors | undefined;
}

/** Listens with a socket of Node, TCP or Unix. */
export class SocketListener implements NetListener {
  readonly #options: SocketListenerOptions;
  #state: 'idle' | 'listening' | 'closed' = 'idle';
  #server: Server | undefined;

  constructor(options: SocketListenerOptions) {
    this.#options = options;
  }

  async listen(address: NetAddress, accept: (conn: NetConn) => void): Promise<number> {
    if ('port' in address) assertPort(address.port);
    if (this.#state !== 'idle') {
      throw new HioloadError(
        'HIOLOAD_STATE',
        `listen while ${this.#state}: a listener listens once, before it closes`,
      );
    }
    this.#state = 'listening';
    const server = createServer({ allowHalfOpen: true }, (socket) =>
      accept(new SocketConn(socket)),
    );
    this.#server = server;
    try {
      await bind(server, address);
    } catch (error) {
      this.#state = 'closed';
      throw error;
    }
    // Closed while it began to listen, it may listen now all the same.
    if (this.#state !== 'listening') {
      server.close();
      throw closedMeanwhile();
    }
    this.#takeHandles(server, accept);
    return 'port' in address ? (server.address() as AddressInfo).port : 0;
  }

  close(): void {
    this.#state = 'closed';
    this.#server?.close();
    this.#server = undefined;
  }

  /** Has the server's handle hand its connections to us, before Node makes a socket of each. */
  #takeHandles(server: Server, accept: (conn: NetConn) => void): void {
    const { doors, pool, readBuffer } = this.#options;
    if (doors === undefined) return;
    const io = new HandleIo(doors, pool, readBuffer);
    serverHandle(server).onconnection = (_status, handle) => {
      // Without a handle accepting has failed, for want of descriptors, say; libuv goes on when
      // there are some.
      if (handle !== undefined) accept(new HandleConn(io, handle));
    };
  }
}

function bind(server: Server, address: NetAddress): Promise<void> {
  return new Promise((done, failed) => {
    server.once('error', (cause: NodeJS.ErrnoException) => failed(explain(address, cause)));
    server.once('close', () => failed(closedMeanwhile()));
    server.listen(toListenOptions(address), () => {
      server.removeAllListeners('error');
      // Failing to accept one connection is no reason to end.
      server.on('error', () => undefined);
      done();
    });
  });
}

function closedMeanwhile(): HioloadError {
  return new HioloadError(
    'HIOLOAD_STATE',
    'listen while closed: a listener listens once, before it closes',
  );
}

function toListenOptions(address: NetAddress): ListenOptions & { readonly reusePort?: boolean } {
  if ('path' in address) return { path: address.path, backlog: BACKLOG };
  const { host, port, shared } = address;
  // Known to Node's declarations from version 22 on.
  return {
    host,
    port,
    backlog: BACKLOG,
    exclusive: true,
    ...(shared && SHARES_PORT && { reusePort: true }),
  };
}

function explain(address: NetAddress, cause: NodeJS.ErrnoException): HioloadError {
  if ('port' in address) return bindError(address.host, address.port, cause);
  const code = cause.code === 'EADDRINUSE' ? 'HIOLOAD_PORT_IN_USE' : 'HIOLOAD_ADDRESS_UNAVAILABLE';
  return new HioloadError(code, `socket ${address.path}: ${cause.message}`, { cause });
}

function isFrom(version: string, major: number, minor: number): boolean {
  const [ownMajor = 0, ownMinor = 0] = version.split('.').map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}
