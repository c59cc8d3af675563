/* A connection on a `net.Socket`, used as Node documents it. */
import type { NetConn, NetSink, ReadLease, WriteLease } from '@hioload/api';
import type { Socket } from 'node:net';
import { markAsUntransferable } from 'node:worker_threads';
import { toDottedForm } from '../../shared/remote-address.js';

/**
 * The lease of every read. Node makes new memory for each chunk and does not use it again, so there
 * is nothing to give back.
 */
const OWN_CHUNK: ReadLease & WriteLease = { retain: () => OWN_CHUNK, release: () => undefined };

/**
 * Serves where the handle below the socket cannot be used, and is the plain example of the
 * contract. Every other stream that is a socket, TLS included, works in the same way.
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
    // Without a listener, an error between accept and start would be an uncaught exception.
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
    this.#socket.on('data', (chunk: Buffer) => {
      // A hook that transferred the memory of one message would take the messages behind it.
      markAsUntransferable(chunk.buffer);
      this.#sink?.received(chunk, 0, chunk.length, OWN_CHUNK);
    });
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
    // The stream keeps the bytes until the kernel has all of them, so bytes without a lease are
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
