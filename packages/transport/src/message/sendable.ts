/* Decides which values can be sent as a message, for both transports and for the bus. */
import { type Bytes, HioloadError, type IncomingMessage } from '@hioload/api';

/** Tells whether a value is one of the three kinds of memory that the contracts call bytes. */
export function isBytes(value: unknown): value is Bytes {
  return (
    value instanceof Uint8Array ||
    value instanceof ArrayBuffer ||
    value instanceof SharedArrayBuffer
  );
}

/**
 * Refuses a value that is not an incoming message. The caller has found before that the value is
 * neither a string nor bytes, so the value cannot be sent.
 * @throws HIOLOAD_OPTION_INVALID
 */
export function assertIncomingMessage(value: unknown): asserts value is IncomingMessage {
  if (
    typeof value === 'object' &&
    value !== null &&
    'bytes' in value &&
    typeof value.bytes === 'function'
  ) {
    return;
  }
  const type = value === null ? 'null' : typeof value;
  throw new HioloadError(
    'HIOLOAD_OPTION_INVALID',
    `a message must be a string, bytes or an incoming message; got ${type}`,
  );
}
