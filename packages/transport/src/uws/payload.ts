import {
  HioloadError,
  type IncomingMessage,
  MAX_CONTROL_PAYLOAD_BYTES,
  type Bytes,
  type Sendable,
  type SendOptions,
  type Topic,
} from '@hioload/api';
import { utf8ByteLength } from '@hioload/protocol';
import { UwsMessage } from './message.js';
import type { NativePayload } from './native.js';

/**
 * What a call sends, in the form that the native library takes. One object is reused for all calls of a thread: what
 * it holds ends with the call that prepared it.
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

/** @returns the payload of a ping @throws HIOLOAD_CONTROL_PAYLOAD_TOO_LONG, HIOLOAD_OPTION_INVALID */
export function toPingPayload(payload: string | Bytes): NativePayload {
  if (typeof payload !== 'string' && !isBytes(payload)) {
    throw new HioloadError(
      'HIOLOAD_OPTION_INVALID',
      `ping payload of type ${typeof payload}: a string or bytes are allowed`,
    );
  }
  const byteLength = typeof payload === 'string' ? utf8ByteLength(payload) : payload.byteLength;
  if (byteLength > MAX_CONTROL_PAYLOAD_BYTES) {
    throw new HioloadError(
      'HIOLOAD_CONTROL_PAYLOAD_TOO_LONG',
      `ping payload of ${byteLength} bytes: at most ${MAX_CONTROL_PAYLOAD_BYTES} are allowed`,
    );
  }
  return payload;
}

/** @throws HIOLOAD_TOPIC_INVALID */
export function assertTopic(topic: Topic, maxTopicBytes: number): void {
  if (typeof topic === 'string' && topic.length > 0 && topic.isWellFormed()) {
    // No character takes more than three bytes per unit of UTF-16: short topics need no count.
    if (topic.length * 3 <= maxTopicBytes || utf8ByteLength(topic) <= maxTopicBytes) return;
  }
  const allowed = `a string of 1..${maxTopicBytes} bytes of UTF-8 is allowed`;
  throw new HioloadError('HIOLOAD_TOPIC_INVALID', `topic ${describe(topic)}: ${allowed}`);
}

function describe(topic: unknown): string {
  if (typeof topic !== 'string') return `of type ${typeof topic}`;
  return topic.isWellFormed() ? `of ${utf8ByteLength(topic)} bytes` : 'with half a surrogate pair';
}

function isBytes(value: unknown): value is Bytes {
  return value instanceof Uint8Array || value instanceof ArrayBuffer || value instanceof SharedArrayBuffer;
}
