/* The check of the payload of a ping. */
import { type Bytes, HioloadError, MAX_CONTROL_PAYLOAD_BYTES, pingPayloadOf } from '@hioload/api';

/**
 * Checks a payload that an application sends as a ping, and gives its bytes.
 * @throws HIOLOAD_CONTROL_PAYLOAD_TOO_LONG, HIOLOAD_OPTION_INVALID
 */
export function checkedPingPayload(payload: string | Bytes): Uint8Array {
  const bytes = pingPayloadOf(payload);
  if (bytes.length <= MAX_CONTROL_PAYLOAD_BYTES) return bytes;
  throw new HioloadError(
    'HIOLOAD_CONTROL_PAYLOAD_TOO_LONG',
    `a ping payload must be at most ${MAX_CONTROL_PAYLOAD_BYTES} bytes; got ${bytes.length}`,
  );
}
