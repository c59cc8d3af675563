// Reads the payload of a close frame.
import { isUtf8 } from 'node:buffer';
import { CloseCode, isCloseCode } from '@hioload/api';
import { type ProtocolViolation, Violation } from './violation.js';

/** The content of a close frame, or the rule that it broke. */
export type ReadClose =
  | { readonly ok: true; readonly code: number; readonly reason: string }
  | { readonly ok: false; readonly violation: ProtocolViolation };

const NO_CODE: ReadClose = { ok: true, code: CloseCode.NoStatus, reason: '' };
const failed = (violation: ProtocolViolation): ReadClose => ({ ok: false, violation });

/**
 * Reads the payload of a close frame (RFC 6455 section 5.5.1). An empty payload has no code and
 * gives 1005.
 */
export function readClose(bytes: Uint8Array, start: number, end: number): ReadClose {
  if (start === end) return NO_CODE;
  if (end - start === 1) return failed(Violation.ClosePayloadTooShort);
  const code = bytes[start]! * 256 + bytes[start + 1]!;
  if (!isCloseCode(code)) return failed(Violation.CloseCodeReserved);
  // The reason is copied, so that it does not keep the chunk alive: at most 123 bytes, once in the
  // life of a connection.
  const reason = Buffer.from(bytes.subarray(start + 2, end));
  return isUtf8(reason)
    ? { ok: true, code, reason: reason.toString() }
    : failed(Violation.CloseReasonNotUtf8);
}
