/* Copies of lost messages for the `dropped` hook. */
import type { UwsConn } from './connection.js';

/** A published message that did not reach a connection. */
export interface LostMessage {
  readonly conn: UwsConn;
  readonly payload: ArrayBuffer;
  readonly isBinary: boolean;
  /** The bytes in the queue of the connection when the message was lost. */
  readonly bufferedBytes: number;
}

/** The memory that a kept message takes besides its bytes. */
const ENTRY_BYTES = 64;

/**
 * Keeps copies until application code may run. The native library reports losses while it walks its
 * topics, and a hook that subscribes or closes there would change the topics during the walk. The
 * bytes are bounded, so that a burst to many full queues takes no more memory.
 */
export class LostMessages {
  readonly #maxBytes: number;
  #kept: LostMessage[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Keeps a copy. Without room, the message is not kept. */
  keep(conn: UwsConn, payload: ArrayBuffer, isBinary: boolean): void {
    const cost = payload.byteLength + ENTRY_BYTES;
    if (this.#bytes + cost > this.#maxBytes) return;
    this.#bytes += cost;
    const { bufferedBytes } = conn;
    this.#kept.push({ conn, payload: payload.slice(0), isBinary, bufferedBytes });
  }

  /** Hands out the kept messages. */
  take(): readonly LostMessage[] {
    const kept = this.#kept;
    this.#kept = [];
    this.#bytes = 0;
    return kept;
  }
}
