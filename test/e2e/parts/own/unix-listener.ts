/** A network of one's own: Unix sockets, without ports and without addresses of peers. */
import {
  HioloadError,
  type NetAddress,
  type NetConn,
  type NetListener,
  type NetSink,
  type WriteLease,
} from '@hioload/reactor';
import { createServer, type Server, type Socket } from 'node:net';

/** Listens on the Unix socket at a path. */
export class UnixListener implements NetListener {
  readonly #path: string;
  #server: Server | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  listen(_address: NetAddress, accept: (conn: NetConn) => void): Promise<number> {
    const server = createServer({ allowHalfOpen: true }, (socket) => accept(new UnixConn(socket)));
    this.#server = server;
    return new Promise((resolve, reject) => {
      server.on('error', (cause: NodeJS.ErrnoException) => {
        const isTaken = cause.code === 'EADDRINUSE';
        const code = isTaken ? 'HIOLOAD_PORT_IN_USE' : 'HIOLOAD_ADDRESS_UNAVAILABLE';
        reject(new HioloadError(code, `socket ${this.#path}: ${cause.message}`, { cause }));
      });
      // A Unix socket has no port.
      server.listen(this.#path, () => resolve(0));
    });
  }

  close(): void {
    this.#server?.close();
  }
}

/** One connection over a Unix socket. */
export class UnixConn implements NetConn {
  readonly remoteAddress = '';
  readonly #socket: Socket;
  #sink: NetSink | undefined;
  #isClosed = false;
  #owesDrained = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('error', (error) => this.#lose(error));
  }

  get bufferedBytes(): number {
    return this.#isClosed ? 0 : this.#socket.writableLength;
  }

  start(sink: NetSink): void {
    const isFirst = this.#sink === undefined;
    this.#sink = sink;
    if (!isFirst) return;
    // Node makes new memory for each chunk, so the sink may change the bytes.
    this.#socket.on('data', (chunk: Buffer) => this.#sink?.received(chunk, 0, chunk.length));
    this.#socket.on('end', () => this.#sink?.ended());
    this.#socket.on('close', () => {
      // After both sides have ended, the connection is not lost: its owner closes it.
      if (!this.#socket.readableEnded) this.#lose(undefined);
    });
  }

  write(bytes: Uint8Array, start: number, end: number, lease?: WriteLease): boolean {
    if (this.#isClosed || !this.#socket.writable) {
      lease?.release();
      return false;
    }
    // Without a lease, the caller may change the bytes at once, so the socket gets a copy.
    const view = bytes.subarray(start, end);
    this.#socket.write(lease === undefined ? Buffer.from(view) : view, () => {
      lease?.release();
      if (!this.#owesDrained || this.bufferedBytes > 0) return;
      this.#owesDrained = false;
      this.#sink?.drained();
    });
    this.#owesDrained = this.bufferedBytes > 0;
    return !this.#owesDrained;
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }

  shutdown(): void {
    if (!this.#isClosed) this.#socket.end();
  }

  close(): void {
    this.#isClosed = true;
    this.#sink = undefined;
    this.#socket.destroy();
  }

  abort(): void {
    this.close(); // A Unix socket has no reset.
  }

  #lose(error: Error | undefined): void {
    const sink = this.#sink;
    this.close();
    sink?.closed(error);
  }
}
