import { isUtf8 } from 'node:buffer';
import { CLOSE_CODE_TABLE, CloseCode, HioloadError, MAX_CLOSE_REASON_BYTES } from '@hioload/api';
import { utf8ByteLength } from './utf8.js';
import { type ProtocolViolation, Violation } from './violation.js';

const FIRST_REGISTERED_BY_IANA = 3000;
const LAST_PRIVATE = 4999;

const IN_CLOSE_FRAMES = new Set<number>(CLOSE_CODE_TABLE.filter((row) => row.mayBeSent).map((row) => row.code));

/**
 * Whether a close frame may hold `code`, sent or received: 1000..1003, 1007..1014 and 3000..4999. 1004, 1005, 1006 and
 * 1015 never travel, the rest of 1016..2999 is reserved (RFC 6455 section 7.4). A received code that may not stand
 * there fails the connection with 1002.
 */
export function isCloseCode(code: number): boolean {
  return (
    IN_CLOSE_FRAMES.has(code) || (Number.isInteger(code) && code >= FIRST_REGISTERED_BY_IANA && code <= LAST_PRIVATE)
  );
}

/**
 * Checks what an application wants to send in a close frame.
 * @throws HIOLOAD_CLOSE_CODE_INVALID, HIOLOAD_CLOSE_REASON_TOO_LONG (more than 123 bytes of UTF-8),
 * HIOLOAD_OPTION_INVALID (a reason that is no string)
 */
export function assertSendableClose(code: number, reason: string): void {
  if (!isCloseCode(code)) {
    throw new HioloadError(
      'HIOLOAD_CLOSE_CODE_INVALID',
      `close code ${String(code)}: allowed are 1000..1003, 1007..1014 and 3000..4999`,
    );
  }
  if (typeof reason !== 'string') {
    throw new HioloadError('HIOLOAD_OPTION_INVALID', `close reason of type ${typeof reason}: a string is allowed`);
  }
  // No character takes more than three bytes per unit of UTF-16: short reasons need no count.
  if (reason.length * 3 <= MAX_CLOSE_REASON_BYTES) return;
  const bytes = utf8ByteLength(reason);
  if (bytes > MAX_CLOSE_REASON_BYTES) {
    throw new HioloadError(
      'HIOLOAD_CLOSE_REASON_TOO_LONG',
      `close reason of ${bytes} bytes: at most ${MAX_CLOSE_REASON_BYTES} are allowed`,
    );
  }
}

/** What a close frame said, or the rule that it broke. */
export type ReadClose =
  | { readonly ok: true; readonly code: number; readonly reason: string }
  | { readonly ok: false; readonly violation: ProtocolViolation };

const NO_CODE: ReadClose = { ok: true, code: CloseCode.NoStatus, reason: '' };
const failed = (violation: ProtocolViolation): ReadClose => ({ ok: false, violation });

/** Reads the payload of a close frame (RFC 6455 section 5.5.1); an empty one has no code, which is told as 1005. */
export function readClose(bytes: Uint8Array, start: number, end: number): ReadClose {
  if (start === end) return NO_CODE;
  if (end - start === 1) return failed(Violation.ClosePayloadTooShort);
  const code = bytes[start]! * 256 + bytes[start + 1]!;
  if (!isCloseCode(code)) return failed(Violation.CloseCodeReserved);
  // At most 123 bytes, once in the life of a connection: a copy, so that nothing of the chunk is kept.
  const reason = Buffer.from(bytes.subarray(start + 2, end));
  return isUtf8(reason) ? { ok: true, code, reason: reason.toString() } : failed(Violation.CloseReasonNotUtf8);
}
