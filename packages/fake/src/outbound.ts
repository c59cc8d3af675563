// The way of messages from a fake connection to its peer, with its two queues.
import type { CapturedMessage } from './captured.js';

/** A frame from a server to a peer. */
export type OutboundFrame =
  | { readonly kind: 'message'; readonly message: CapturedMessage }
  | { readonly kind: 'ping' | 'pong'; readonly payload: Uint8Array }
  | { readonly kind: 'close'; readonly code: number; readonly reason: string };

/**
 * The way from a connection to its peer. While the peer reads, frames go straight to it. Otherwise
 * they go into the fake socket buffer of the kernel, and then into the queue of the connection.
 */
export class Outbound {
  readonly #deliver: (frame: OutboundFrame) => void;
  #reading = true;
  #kernelRoomBytes = 0;
  #waiting: OutboundFrame[] = [];
  #bufferedBytes = 0;

  constructor(deliver: (frame: OutboundFrame) => void) {
    this.#deliver = deliver;
  }

  /** Bytes in the queue, with frame headers, without the bytes in the kernel. */
  get bufferedBytes(): number {
    return this.#bufferedBytes;
  }

  /** Takes a frame. @returns whether the whole frame went out or into the kernel */
  push(frame: OutboundFrame): boolean {
    if (this.#reading) {
      this.#deliver(frame);
      return true;
    }
    this.#waiting.push(frame);
    const bytes = frameBytes(frame);
    const taken = Math.min(bytes, this.#kernelRoomBytes);
    this.#kernelRoomBytes -= taken;
    this.#bufferedBytes += bytes - taken;
    return taken === bytes;
  }

  stop(kernelRoomBytes: number): void {
    this.#reading = false;
    this.#kernelRoomBytes = kernelRoomBytes;
  }

  /** Delivers all waiting frames. @returns whether the queue held any */
  resume(): boolean {
    const held = this.#bufferedBytes > 0;
    const waiting = this.#waiting;
    this.discard();
    this.#reading = true;
    for (const frame of waiting) this.#deliver(frame);
    return held;
  }

  /** Drops all waiting frames, because the connection was cut. */
  discard(): void {
    this.#waiting = [];
    this.#bufferedBytes = 0;
  }
}

/** Length of an unmasked frame (RFC 6455 section 5.2). */
function frameBytes(frame: OutboundFrame): number {
  const payload =
    frame.kind === 'message'
      ? frame.message.bytes.length
      : frame.kind === 'close'
        ? 2 + frame.reason.length
        : frame.payload.length;
  return payload + (payload < 126 ? 2 : payload < 65_536 ? 4 : 10);
}
