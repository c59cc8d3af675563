import { HioloadError, type Sendable, type SendOptions } from '@hioload/api';
import { writeText } from './text.js';

const NOTHING = new Uint8Array(0);

/** Up to this length octet by octet is as fast as a call. */
const LOOP_LIMIT_BYTES = 8;
/** Payloads up to this length are copied fast at any offset. */
const UNALIGNED_LIMIT_BYTES = 32;

/**
 * What is on its way out, measured once and written as often as there are lanes. One object is
 * reused for all messages of a thread: what it holds ends with the call that set it.
 */
export class OutgoingPayload {
  byteLength = 0;
  isBinary = false;
  #text: string | null = null;
  #bytes: Uint8Array = NOTHING;
  /**
   * Where the bytes begin in their memory. Kept, because asking costs as much as copying some of
   * them.
   */
  #offset = 0;

  /** @throws HIOLOAD_OPTION_INVALID (nothing that can be sent), HIOLOAD_MESSAGE_EXPIRED */
  set(message: Sendable, options: SendOptions | undefined): void {
    if (typeof message === 'string') {
      this.#text = message;
      this.byteLength = Buffer.byteLength(message);
      this.isBinary = false;
    } else {
      this.#text = null;
      this.#bytes = message instanceof Uint8Array ? message : this.#viewOf(message);
      this.byteLength = this.#bytes.length;
      this.#offset = this.byteLength > UNALIGNED_LIMIT_BYTES ? this.#bytes.byteOffset : 0;
      this.isBinary = message instanceof Uint8Array || !('isBinary' in message) || message.isBinary;
    }
    if (options?.binary !== undefined) this.isBinary = options.binary;
  }

  /** Lets go of the message. */
  clear(): void {
    this.#text = null;
    this.#bytes = NOTHING;
  }

  /** The payload as bytes, valid as long as the message; a string is encoded for it. */
  bytes(): Uint8Array {
    return this.#text === null ? this.#bytes : Buffer.from(this.#text);
  }

  /** Bytes to leave free behind `offset`, so that the payload is copied fast from there. */
  padBehind(offset: number): number {
    if (this.#text !== null || this.byteLength <= UNALIGNED_LIMIT_BYTES) return 0;
    return (this.#offset - offset) & 7;
  }

  writeTo(target: Buffer, at: number): void {
    if (this.#text !== null) {
      writeText(target, at, this.#text, this.byteLength);
    } else if (this.byteLength <= LOOP_LIMIT_BYTES) {
      for (let i = 0; i < this.byteLength; i++) target[at + i] = this.#bytes[i]!;
    } else {
      target.set(this.#bytes, at);
    }
  }

  #viewOf(message: Exclude<Sendable, string>): Uint8Array {
    if (message instanceof ArrayBuffer || message instanceof SharedArrayBuffer)
      return new Uint8Array(message);
    if (
      typeof message === 'object' &&
      message !== null &&
      'bytes' in message &&
      typeof message.bytes === 'function'
    ) {
      return message.bytes();
    }
    throw notSendable(message);
  }
}

function notSendable(message: unknown): HioloadError {
  const shown = message === null ? 'null' : typeof message;
  return new HioloadError(
    'HIOLOAD_OPTION_INVALID',
    `message of type ${shown}: a string, bytes or an incoming message are allowed`,
  );
}
