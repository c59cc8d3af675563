/* Bytes that an application sends as text. */
import { isUtf8 } from 'node:buffer';
import { isSharedArrayBuffer } from 'node:util/types';

/**
 * Gives the bytes of a text message: the same bytes where they are valid UTF-8, else a copy in
 * which U+FFFD stands for what is malformed. Strings are sent in the same way. Every receiver would
 * fail its connection because of a text that is not valid (RFC 6455 section 8.1).
 */
export function toWellFormedBytes(bytes: Uint8Array): Uint8Array {
  // Another thread may change shared memory behind the check, so shared memory is copied first.
  const checked = isSharedArrayBuffer(bytes.buffer) ? Buffer.from(bytes) : bytes;
  if (isUtf8(checked)) return checked;
  const { buffer, byteOffset, byteLength } = checked;
  return Buffer.from(Buffer.from(buffer, byteOffset, byteLength).toString('utf8'));
}
