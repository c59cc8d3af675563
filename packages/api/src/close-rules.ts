/** The rules for close codes and close reasons (RFC 6455 section 7.4). */
import { CLOSE_CODE_TABLE, MAX_CLOSE_REASON_BYTES } from './close-codes.js';
import { HioloadError } from './errors.js';

const FIRST_REGISTERED_BY_IANA = 3000;
const LAST_PRIVATE = 4999;

const IN_CLOSE_FRAMES = new Set<number>(
  CLOSE_CODE_TABLE.filter((row) => row.mayBeSent).map((row) => row.code),
);

/**
 * Whether a close frame may hold `code`: 1000..1003, 1007..1014 and 3000..4999. The codes 1004,
 * 1005, 1006 and 1015 never travel, and 1016..2999 are reserved (RFC 6455 section 7.4). The rule
 * holds for both directions: a peer that sends another code loses its connection with 1002.
 */
export function isCloseCode(code: number): boolean {
  return (
    IN_CLOSE_FRAMES.has(code) ||
    (Number.isInteger(code) && code >= FIRST_REGISTERED_BY_IANA && code <= LAST_PRIVATE)
  );
}

/**
 * Checks the code and the reason that an application wants to send in a close frame.
 * @throws HIOLOAD_CLOSE_CODE_INVALID, HIOLOAD_CLOSE_REASON_TOO_LONG (more than 123 bytes of UTF-8),
 * HIOLOAD_OPTION_INVALID (a reason that is not a string)
 */
export function assertSendableClose(code: number, reason: string): void {
  if (!isCloseCode(code)) {
    throw new HioloadError(
      'HIOLOAD_CLOSE_CODE_INVALID',
      `close code must be 1000..1003, 1007..1014 or 3000..4999; got ${String(code)}`,
    );
  }
  if (typeof reason !== 'string') {
    throw new HioloadError(
      'HIOLOAD_OPTION_INVALID',
      `close reason must be a string; got a value of type ${typeof reason}`,
    );
  }
  // A unit of UTF-16 takes at most three bytes of UTF-8, so a short reason need not be counted.
  if (reason.length * 3 <= MAX_CLOSE_REASON_BYTES) return;
  const bytes = new TextEncoder().encode(reason).length;
  if (bytes > MAX_CLOSE_REASON_BYTES) {
    throw new HioloadError(
      'HIOLOAD_CLOSE_REASON_TOO_LONG',
      `close reason must be at most ${MAX_CLOSE_REASON_BYTES} bytes of UTF-8; got ${bytes}`,
    );
  }
}
