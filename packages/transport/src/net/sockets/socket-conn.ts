import type { NetConn, NetSink, WriteLease } from '@hioload/api';
import type { Socket } from 'node:net';
import { toDottedForm } from './peer-address.js';

/**
 * A connection on a `net.Socket` as it is documented: what serves where the handle below cannot be
 * used, and the plain example of the contract. Any other stream that is a socket, TLS included,
 * goes the same way.
 */
export class SocketConn implements NetConn {
  readonly remoteAddress: string;
  readonly #socket: Socket;
  #sink: NetSink | null = null;
  #isClosed = false;
  #hasEnded = false;
  /** Whether a write was not taken at once, so that `drained` is due. */
  #isWaiting = false;

  constructor(socket: Socket) {
    this.#socket = socket;
    this.remoteAddress = toDottedForm(socket.remoteAddress ?? '');
    // A fault between accept and start must not be an uncaught error.
    socket.on('error', (error) => this.#lost(error));
  }

  get bufferedBytes(): number {
    return this.#isClosed ? 0 : this.#socket.writableLength;
  }

  start(sink: NetSink): void {
    const isFirst = this.#sink === null;
    this.#sink = sink;
    if (!isFirst) return;
    this.#socket.setNoDelay(true);
    this.#socket.on('data', (chunk: Buffer) => this.#sink?.received(chunk, 0, chunk.length));
    this.#socket.on('end', () => {
      this.#hasEnded = true;
      this.#sink?.ended();
    });
    this.#socket.on('close', () => {
      // Where both sides have ended in order, nothing is lost.
      if (!this.#hasEnded) this.#lost(undefined);
    });
  }

  write(bytes: Uint8Array, start: number, end: number, lease?: WriteLease): boolean {
    if (this.#isClosed || !this.#socket.writable) {
      lease?.release();
      return false;
    }
    // The stream keeps what it is given until the kernel has it all, so what is only lent is
    // copied.
    const view = bytes.subarray(start, end);
    this.#socket.write(lease === undefined ? Buffer.from(view) : view, () => {
      lease?.release();
      if (this.#isWaiting && this.#socket.writableLength === 0) this.#drained();
    });
    this.#isWaiting = this.#socket.writableLength > 0;
    return !this.#isWaiting;
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
    this.#release();
    this.#socket.destroy();
  }

  abort(): void {
    this.#release();
    // There are no resets on a Unix socket.
    if (this.remoteAddress === '') this.#socket.destroy();
    else this.#socket.resetAndDestroy();
  }

  #drained(): void {
    this.#isWaiting = false;
    this.#sink?.drained();
  }

  #lost(error: Error | undefined): void {
    const sink = this.#sink;
    if (this.#isClosed) return;
    this.close();
    sink?.closed(error);
  }

  #release(): void {
    this.#isClosed = true;
    this.#sink = null;
  }
}
