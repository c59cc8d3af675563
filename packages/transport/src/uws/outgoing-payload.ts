/* A message that a call sends, in the form that the native library takes. */
import {
  binaryOption,
  type IncomingMessage,
  payloadOf,
  type Sendable,
  type SendOptions,
  viewOfBytes,
} from '@hioload/api';
import { toWellFormedBytes } from '../message/well-formed.js';
import { UwsMessage } from './uws-message.js';
import type { NativePayload } from './native.js';

/**
 * The payload of one call. A thread uses one object for all calls; the object holds a payload from
 * `set` to `clear`.
 */
export class OutgoingPayload {
  payload: NativePayload = '';
  byteLength = 0;
  isBinary = false;

  /**
   * Takes the message of a call.
   * @throws HIOLOAD_OPTION_INVALID where the value cannot be sent, HIOLOAD_MESSAGE_EXPIRED
   */
  set(message: Sendable, options: SendOptions | undefined): void {
    const binary = options === undefined ? undefined : binaryOption(options);
    // The most frequent case comes first. An incoming message is passed on as the buffer in which
    // the message came.
    if (message instanceof UwsMessage) {
      this.isBinary = message.isBinary;
      if (binary === false && this.isBinary) this.#setBytes(toWellFormedBytes(message.bytes()));
      else this.#setBytes(message.payload);
    } else if (typeof message === 'string') {
      // The native library writes half a surrogate pair as it is, which is not UTF-8.
      this.payload = message.toWellFormed();
      this.isBinary = false;
      this.byteLength = Buffer.byteLength(message);
    } else {
      const view = viewOfBytes(message, 'a message');
      const bytes = view ?? payloadOf(message);
      this.isBinary = view !== undefined || (message as IncomingMessage).isBinary;
      this.#setBytes((binary ?? this.isBinary) ? bytes : toWellFormedBytes(bytes));
    }
    if (binary !== undefined) this.isBinary = binary;
  }

  #setBytes(bytes: Uint8Array | ArrayBuffer): void {
    this.payload = bytes;
    this.byteLength = bytes.byteLength;
  }

  /** Lets go of the bytes, which are the caller's again. */
  clear(): void {
    this.payload = '';
  }
}
