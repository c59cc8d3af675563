// The socket of a load client: does the opening handshake, and passes chunks on.
import { ClientHandshake } from '@hioload/protocol';
import { connect, type Socket } from 'node:net';
import { type SocketWriter, WriterSource } from './socket-writer.js';

/**
 * The most bytes that are read at once. All connections of a thread share one buffer, because each
 * piece is judged as soon as it comes.
 */
const READ_BUFFER_BYTES = 65_536;

/**
 * Handshakes at the same time. More would overflow the queue of a server that listens with the
 * usual backlog of 511.
 */
const HANDSHAKES_AT_ONCE = 100;

/** Where to connect to. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** Path and query. */
  readonly path: string;
}

/** What a connection tells its owner. */
export interface ClientEvents {
  /** The handshake is done. */
  opened(): void;
  /** Bytes of frames, valid during the call. */
  read(chunk: Buffer, bytes: number): void;
  /** The connection ended although its owner has not closed it. */
  failed(what: string): void;
}

/** The socket of one client: does the opening handshake, then hands on bytes as they come. */
export class ClientSocket {
  readonly #socket: Socket;
  readonly #writers: WriterSource;
  readonly #events: ClientEvents;
  #handshake: ClientHandshake | null;
  #isOpen = true;

  /** @param shared the buffer of {@link sharedReadBuffer} */
  constructor({ host, port, path }: Target, shared: Buffer, events: ClientEvents) {
    this.#events = events;
    this.#handshake = new ClientHandshake({ host: `${host}:${port}`, target: path });
    const callback = (bytes: number): boolean => {
      if (this.#handshake !== null) this.#readAnswer(this.#handshake, shared, bytes);
      else if (this.#isOpen) events.read(shared, bytes);
      return true;
    };
    this.#socket = connect({ host, port, noDelay: true, onread: { buffer: shared, callback } });
    this.#writers = new WriterSource(this.#socket);
    this.#socket.on('error', (error) => this.#fail(error.message));
    this.#socket.on('close', () => this.#fail('closed by the server'));
    this.#socket.write(Buffer.from(this.#handshake.request, 'latin1'));
  }

  /** The writer of this socket. Ask for it only after the handshake. */
  writer(): SocketWriter {
    return this.#writers.writer();
  }

  /** Ends the connection without a close handshake; idempotent. */
  close(): void {
    this.#isOpen = false;
    this.#socket.destroy();
  }

  #readAnswer(handshake: ClientHandshake, chunk: Buffer, bytes: number): void {
    const end = handshake.read(chunk, 0, bytes);
    const result = handshake.result();
    if (result === undefined) return;
    if (!result.ok) {
      this.#fail(
        'the handshake was answered with ' +
          JSON.stringify(chunk.toString('latin1', 0, Math.min(bytes, 200))),
      );
      return;
    }
    this.#handshake = null;
    this.#events.opened();
    if (end < bytes) this.#events.read(chunk.subarray(end, bytes), bytes - end);
  }

  #fail(what: string): void {
    if (!this.#isOpen) return;
    this.close();
    this.#events.failed(what);
  }
}

/** The buffer that all connections of a thread read into. */
export function sharedReadBuffer(): Buffer {
  return Buffer.allocUnsafeSlow(READ_BUFFER_BYTES);
}

/**
 * Opens connections in batches that fit into the queue of a server.
 * @param open starts one connection and resolves when the connection is open
 */
export async function openInBatches(
  count: number,
  open: (index: number) => Promise<void>,
): Promise<void> {
  for (let from = 0; from < count; from += HANDSHAKES_AT_ONCE) {
    const batch = Math.min(HANDSHAKES_AT_ONCE, count - from);
    await Promise.all(Array.from({ length: batch }, (_, index) => open(from + index)));
  }
}
