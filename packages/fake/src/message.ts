// A fake incoming message for tests: expires as a real one does.
import { HioloadError, type IncomingMessage, type Sendable, type SendOptions } from '@hioload/api';
import { markAsUntransferable } from 'node:worker_threads';
import { type CapturedMessage, capture } from './captured.js';

/** The byte that fills expired memory, so that the use of a kept view shows. */
const POISON = 0xa5;

/**
 * A message of a peer that expires as a real one does: after that every use throws
 * `HIOLOAD_MESSAGE_EXPIRED`, and kept views are overwritten.
 *
 * ```ts
 * const conn = new FakeConn();
 * await new FakeMessage('hello').lend((message) => app.message?.(conn, message));
 * expect(conn.texts).toEqual(['hello to you']);
 * ```
 */
export class FakeMessage implements IncomingMessage {
  readonly #captured: CapturedMessage;
  #expired = false;

  /**
   * @param payload a string is a text message, bytes are a binary one, unless `options` say
   * otherwise; it is copied
   */
  constructor(payload: Sendable, options?: SendOptions) {
    this.#captured = capture(payload, options);
    // A transport lends one object for all its messages, so nothing can be put on the object.
    Object.preventExtensions(this);
    markAsUntransferable(this.#captured.bytes.buffer);
  }

  get isBinary(): boolean {
    return this.#valid('isBinary').isBinary;
  }

  get byteLength(): number {
    return this.#valid('byteLength').bytes.byteLength;
  }

  bytes(): Uint8Array {
    return this.#valid('bytes()').bytes;
  }

  text(): string {
    return this.#valid('text()').text;
  }

  json<T = unknown>(): T {
    return JSON.parse(this.#valid('json()').text) as T;
  }

  copy(): Uint8Array<ArrayBuffer> {
    return this.#valid('copy()').bytes.slice();
  }

  /**
   * Makes the message expire, as the transport does when the handler has returned or reached its
   * first await.
   */
  expire(): void {
    this.#expired = true;
    this.#captured.bytes.fill(POISON);
  }

  /**
   * Calls `work` with the message, makes the message expire when `work` returns, and returns its
   * result.
   */
  lend<Result>(work: (message: this) => Result): Result {
    try {
      return work(this);
    } finally {
      this.expire();
    }
  }

  #valid(use: string): CapturedMessage {
    if (!this.#expired) return this.#captured;
    throw new HioloadError(
      'HIOLOAD_MESSAGE_EXPIRED',
      `message.${use} after its handler returned or awaited; allowed before, and copy() is ` +
        'yours to keep',
    );
  }
}

/**
 * Lends the bytes of a ping or pong as {@link FakeMessage.lend} lends a message: a kept view is
 * overwritten.
 */
export function lendBytes<Result>(
  bytes: Uint8Array<ArrayBuffer>,
  work: (view: Uint8Array) => Result,
): Result {
  const view = bytes.slice();
  markAsUntransferable(view.buffer);
  try {
    return work(view);
  } finally {
    view.fill(POISON);
  }
}
