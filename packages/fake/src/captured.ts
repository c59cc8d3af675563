// Copies of sent messages, so that a test can look at them later.
import { HioloadError, type IncomingMessage, type Sendable, type SendOptions } from '@hioload/api';

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

/** Copies a message to send. @throws HIOLOAD_MESSAGE_EXPIRED */
export function capture(message: Sendable, options: SendOptions = {}): CapturedMessage {
  const cameAsBinary =
    typeof message === 'string' ? false : isIncoming(message) ? message.isBinary : true;
  return new CapturedMessage(copyOf(message), options.binary ?? cameAsBinary);
}

/** A copy of the bytes of a message or payload. @throws HIOLOAD_MESSAGE_EXPIRED */
export function copyOf(message: Sendable): Uint8Array<ArrayBuffer> {
  if (typeof message === 'string') return encoder.encode(message);
  return new Uint8Array(isIncoming(message) ? message.bytes() : viewOf(message));
}

function isIncoming(message: Exclude<Sendable, string>): message is IncomingMessage {
  return typeof (message as Partial<IncomingMessage> | undefined | null)?.bytes === 'function';
}

function viewOf(bytes: Uint8Array | ArrayBuffer | SharedArrayBuffer): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  if (bytes instanceof ArrayBuffer || bytes instanceof SharedArrayBuffer)
    return new Uint8Array(bytes);
  throw new HioloadError(
    'HIOLOAD_OPTION_INVALID',
    `a message must be a string, bytes or an incoming message; got ${typeof bytes}`,
  );
}
