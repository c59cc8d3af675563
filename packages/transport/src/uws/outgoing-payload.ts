/* A message that a call sends, in the form that the native library takes. */
import type { Sendable, SendOptions } from '@hioload/api';
import { assertIncomingMessage, isBytes } from '../message/sendable.js';
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
    // The most frequent case comes first. An incoming message is passed on as the buffer in which
    // the message came.
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
      assertIncomingMessage(message);
      this.payload = message.bytes();
      this.isBinary = message.isBinary;
      this.byteLength = message.byteLength;
    }
    if (options?.binary !== undefined) this.isBinary = options.binary;
  }

  /** Lets go of the bytes, which are the caller's again. */
  clear(): void {
    this.payload = '';
  }
}
