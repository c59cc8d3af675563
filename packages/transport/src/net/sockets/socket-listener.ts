/* The network listener over Node's sockets. */
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

/** The most connections that wait in the kernel to be accepted. The kernel may allow fewer. */
const BACKLOG = 4_096;

/** Whether several threads can listen on one port: with Node 22.12 or later, on Linux. */
export const SHARES_PORT = process.platform === 'linux' && isFrom(process.versions.node, 22, 12);

/** The parts that a listener makes connections with. */
export interface SocketListenerOptions {
  readonly pool: BytePool;
  /** The memory that connections on handles read into. */
  readonly readBuffer: Uint8Array;
  /** Undefined where plain sockets have to serve. */
  readonly doors: HandleDoors | undefined;
}

/** Listens on a TCP or Unix socket of Node. */
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
    // A `close` during the start does not keep the server from listening.
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

  /** Takes each connection from the handle of the server, before Node makes a socket for it. */
  #takeHandles(server: Server, accept: (conn: NetConn) => void): void {
    const { doors, pool, readBuffer } = this.#options;
    if (doors === undefined) return;
    const io = new HandleIo(doors, pool, readBuffer);
    serverHandle(server).onconnection = (_status, handle) => {
      // Without a handle, the accept has failed, for example because the process has no file
      // descriptor left. libuv accepts again when there is one.
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
      // A failure to accept one connection does not end the listener.
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
  // Node's declarations know `reusePort` from version 22 on.
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
