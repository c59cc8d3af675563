import type { UwsConn } from './connection.js';

/** A published message that did not reach a connection. */
export interface LostMessage {
  readonly conn: UwsConn;
  readonly payload: ArrayBuffer;
  readonly isBinary: boolean;
}

/** What keeping a message costs besides its bytes. */
const ENTRY_BYTES = 64;

/**
 * Copies of lost messages, kept until application code may run: the native library reports them
 * while it walks its topics, and a hook that subscribed or closed there would pull the ground from
 * under it. Bounded by bytes, so that a burst to many full queues costs no memory in proportion.
 */
export class LostMessages {
  readonly #maxBytes: number;
  #kept: LostMessage[] = [];
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Keeps a copy, or nothing where there is no room. */
  keep(conn: UwsConn, payload: ArrayBuffer, isBinary: boolean): void {
    const cost = payload.byteLength + ENTRY_BYTES;
    if (this.#bytes + cost > this.#maxBytes) return;
    this.#bytes += cost;
    this.#kept.push({ conn, payload: payload.slice(0), isBinary });
  }

  /** Hands out what is kept. */
  take(): readonly LostMessage[] {
    const kept = this.#kept;
    this.#kept = [];
    this.#bytes = 0;
    return kept;
  }
}
