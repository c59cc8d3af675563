import { HioloadError, type IncomingMessage, type Sendable, type SendOptions } from '@hioload/api';
import { isBytes } from '../shared/bytes.js';
import { UwsMessage } from './message.js';
import type { NativePayload } from './native.js';

/**
 * What a call sends, in the form that the native library takes. One object is reused for all calls
 * of a thread: what it holds ends with the call that prepared it.
 */
export class Outgoing {
  payload: NativePayload = '';
  byteLength = 0;
  isBinary = false;

  /** @throws HIOLOAD_OPTION_INVALID (nothing that can be sent), HIOLOAD_MESSAGE_EXPIRED */
  prepare(message: Sendable, options: SendOptions | undefined): void {
    // In the order of how often it happens; an incoming message goes on as the buffer it came in.
    if (message instanceof UwsMessage) {
      this.payload = message.payload;
      this.isBinary = message.isBinary;
      this.byteLength = message.byteLength;
    } else if (typeof message === 'string') {
      this.payload = message;
      this.isBinary = false;
      this.byteLength = Buffer.byteLength(message);
    } else if (isBytes(message)) {
      this.payload = message;
      this.isBinary = true;
      this.byteLength = message.byteLength;
    } else {
      this.#prepareForeign(message);
    }
    if (options?.binary !== undefined) this.isBinary = options.binary;
  }

  /** Lets go of the bytes, which are the caller's again. */
  clear(): void {
    this.payload = '';
  }

  /** A message that another transport received. */
  #prepareForeign(message: IncomingMessage): void {
    if (typeof message !== 'object' || message === null || typeof message.bytes !== 'function') {
      throw new HioloadError(
        'HIOLOAD_OPTION_INVALID',
        `message of type ${message === null ? 'null' : typeof message}: a string, bytes or an incoming message are allowed`,
      );
    }
    this.payload = message.bytes();
    this.isBinary = message.isBinary;
    this.byteLength = message.byteLength;
  }
}
