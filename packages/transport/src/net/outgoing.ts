import { HioloadError, type IncomingMessage, type Sendable, type SendOptions } from '@hioload/api';
import type { FrameEncoder } from '@hioload/protocol';
import { isBytes } from '../shared/bytes.js';
import { RangeMessage } from '../shared/range-message.js';

const NOTHING = new Uint8Array(0);

/**
 * What a call sends, in the form that the encoder takes: a text, or a range of bytes. One object is
 * reused for all calls of a thread: what it holds ends with the call that prepared it.
 */
export class Outgoing {
  /** Undefined where it is bytes. */
  text: string | undefined;
  bytes: Uint8Array = NOTHING;
  start = 0;
  end = 0;
  isBinary = false;

  /** @throws HIOLOAD_OPTION_INVALID (nothing that can be sent), HIOLOAD_MESSAGE_EXPIRED */
  prepare(message: Sendable, options: SendOptions | undefined): void {
    // In the order of how often it happens; an incoming message goes on as the range it came in.
    if (message instanceof RangeMessage) {
      this.isBinary = message.isBinary;
      this.#set(message.memory, message.start, message.end);
    } else if (typeof message === 'string') {
      this.isBinary = false;
      this.text = message;
      if (options?.binary === true) this.#setAll(Buffer.from(message));
    } else if (isBytes(message)) {
      this.isBinary = true;
      this.#setAll(message instanceof Uint8Array ? message : new Uint8Array(message));
    } else {
      this.#prepareForeign(message);
    }
    if (options?.binary !== undefined) this.isBinary = options.binary;
  }

  /** Adds the message to what an encoder has. False where there is no memory for it. */
  encode(encoder: FrameEncoder): boolean {
    return this.text === undefined
      ? encoder.message(this.bytes, this.start, this.end, this.isBinary)
      : encoder.text(this.text);
  }

  /** Length of the payload in bytes. */
  get byteLength(): number {
    return this.text === undefined ? this.end - this.start : Buffer.byteLength(this.text);
  }

  /** Makes sure that the message lies in bytes. */
  toBytes(): void {
    if (this.text !== undefined) this.#setAll(Buffer.from(this.text));
  }

  /** Lets go of the bytes, which are the caller's again. */
  clear(): void {
    this.#set(NOTHING, 0, 0);
  }

  /** A message that another transport received. */
  #prepareForeign(message: IncomingMessage): void {
    if (typeof message !== 'object' || message === null || typeof message.bytes !== 'function') {
      throw new HioloadError(
        'HIOLOAD_OPTION_INVALID',
        `message of type ${message === null ? 'null' : typeof message}: a string, bytes or an incoming message are allowed`,
      );
    }
    this.isBinary = message.isBinary;
    this.#setAll(message.bytes());
  }

  #setAll(bytes: Uint8Array): void {
    this.#set(bytes, 0, bytes.length);
  }

  #set(bytes: Uint8Array, start: number, end: number): void {
    this.text = undefined;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }
}
