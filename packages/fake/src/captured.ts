// Copies of sent messages, so that a test can look at them later.
import {
  binaryOption,
  type IncomingMessage,
  payloadOf,
  type Sendable,
  type SendOptions,
  viewOfBytes,
} from '@hioload/api';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

/** A copy of a message at the moment when it was sent. Later changes of its bytes do not show. */
export class CapturedMessage {
  readonly isBinary: boolean;
  readonly bytes: Uint8Array<ArrayBuffer>;

  constructor(bytes: Uint8Array<ArrayBuffer>, isBinary: boolean) {
    this.bytes = bytes;
    this.isBinary = isBinary;
  }

  /** The payload decoded as UTF-8, also for a binary message. */
  get text(): string {
    return decoder.decode(this.bytes);
  }
}

/**
 * Copies a message to send. U+FFFD stands for what is malformed in a text.
 * @throws HIOLOAD_OPTION_INVALID, HIOLOAD_MESSAGE_EXPIRED
 */
export function capture(message: Sendable, options?: SendOptions): CapturedMessage {
  const binary = binaryOption(options);
  const bytes = copyOf(message);
  const isBinary = binary ?? isSentAsBinary(message);
  return new CapturedMessage(isBinary ? bytes : encoder.encode(decoder.decode(bytes)), isBinary);
}

/**
 * A copy of the bytes of a message. @throws HIOLOAD_OPTION_INVALID, HIOLOAD_MESSAGE_EXPIRED
 */
export function copyOf(message: Sendable): Uint8Array<ArrayBuffer> {
  if (typeof message === 'string') return encoder.encode(message);
  return new Uint8Array(viewOfBytes(message, 'a message') ?? payloadOf(message));
}

function isSentAsBinary(message: Sendable): boolean {
  if (typeof message === 'string') return false;
  return viewOfBytes(message, 'a message') !== undefined || (message as IncomingMessage).isBinary;
}
