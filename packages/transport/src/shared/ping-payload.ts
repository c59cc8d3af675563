/* The check of the payload of a ping. */
import { type Bytes, HioloadError, MAX_CONTROL_PAYLOAD_BYTES } from '@hioload/api';
import { utf8ByteLength } from '@hioload/protocol';
import { isBytes } from '../message/sendable.js';

/**
 * Checks a payload that an application sends as a ping.
 * @throws HIOLOAD_CONTROL_PAYLOAD_TOO_LONG, HIOLOAD_OPTION_INVALID
 */
export function assertPingPayload(payload: string | Bytes): void {
  if (typeof payload !== 'string' && !isBytes(payload)) {
    throw new HioloadError(
      'HIOLOAD_OPTION_INVALID',
      `a ping payload must be a string or bytes; got a value of type ${typeof payload}`,
    );
  }
  const byteLength = typeof payload === 'string' ? utf8ByteLength(payload) : payload.byteLength;
  if (byteLength > MAX_CONTROL_PAYLOAD_BYTES) {
    throw new HioloadError(
      'HIOLOAD_CONTROL_PAYLOAD_TOO_LONG',
      `a ping payload must be at most ${MAX_CONTROL_PAYLOAD_BYTES} bytes; got ${byteLength}`,
    );
  }
}
