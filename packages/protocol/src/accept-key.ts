// The key of an opening handshake and the accept value that answers it.
import { createHash, randomBytes } from 'node:crypto';

/** RFC 6455 section 1.3. */
const GUID = '258EAFA5-E914-47DA-95CA-C5AB0DC85B11';

/**
 * The value of `Sec-WebSocket-Accept` that answers a `Sec-WebSocket-Key` (RFC 6455 section 4.2.2,
 * step 5.4).
 */
export function acceptKey(key: string): string {
  return createHash('sha1')
    .update(key + GUID)
    .digest('base64');
}

/**
 * Makes a `Sec-WebSocket-Key` for a client: 16 bytes of the strong random source, in base64 (RFC
 * 6455 section 4.1).
 */
export function newHandshakeKey(): string {
  return randomBytes(16).toString('base64');
}
