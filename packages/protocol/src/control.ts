// Checks the length of the payload of a control frame.
import { HioloadError, MAX_CONTROL_PAYLOAD_BYTES } from '@hioload/api';

/** Checks the length of the payload of a ping. @throws HIOLOAD_CONTROL_PAYLOAD_TOO_LONG */
export function assertControlPayload(payloadBytes: number): void {
  if (payloadBytes <= MAX_CONTROL_PAYLOAD_BYTES) return;
  throw new HioloadError(
    'HIOLOAD_CONTROL_PAYLOAD_TOO_LONG',
    `a control payload must have at most ${MAX_CONTROL_PAYLOAD_BYTES} bytes; got ${payloadBytes}`,
  );
}
