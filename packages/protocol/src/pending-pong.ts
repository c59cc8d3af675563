// Keeps the pong that a connection owes until it can be sent.
import { MAX_CONTROL_PAYLOAD_BYTES } from '@hioload/api';
import type { FrameEncoder } from './frame-encoder.js';

/**
 * The pong that a connection owes while its peer does not read, or while there is no memory for it.
 * A connection owes only one, with the payload of the latest ping, because it answers the earlier
 * pings too (RFC 6455 section 5.5.3). So a peer that sends many pings and reads no pongs costs 125
 * bytes. While the peer reads, each ping is answered at once and in order.
 */
export class PendingPong {
  /** Made at the first ping that has to wait, which never happens on most connections. */
  #payload: Uint8Array | undefined;
  #payloadBytes = -1;

  /** Whether a pong is owed. */
  get isOwed(): boolean {
    return this.#payloadBytes >= 0;
  }

  /** Notes the ping `bytes[start..end)`, of at most 125 bytes, in place of an earlier one. */
  owe(bytes: Uint8Array, start: number, end: number): void {
    const payload = (this.#payload ??= new Uint8Array(MAX_CONTROL_PAYLOAD_BYTES));
    this.#payloadBytes = end - start;
    for (let at = start; at < end; at++) payload[at - start] = bytes[at]!;
  }

  /** A later ping was answered, and with that the one that is owed for. */
  forgive(): void {
    this.#payloadBytes = -1;
  }

  /**
   * Encodes the owed pong, if there is one. Returns false if there is no memory for it; then it is
   * still owed.
   */
  pay(encoder: FrameEncoder): boolean {
    if (this.#payloadBytes < 0) return true;
    if (!encoder.pong(this.#payload, 0, this.#payloadBytes)) return false;
    this.forgive();
    return true;
  }
}
