import { CLOSE_CODE_TABLE, MAX_CLOSE_REASON_BYTES } from './close-codes.js';
import { HioloadError } from './errors.js';

const FIRST_REGISTERED_BY_IANA = 3000;
const LAST_PRIVATE = 4999;

const IN_CLOSE_FRAMES = new Set<number>(
  CLOSE_CODE_TABLE.filter((row) => row.mayBeSent).map((row) => row.code),
);

/**
 * Whether a close frame may hold `code`, sent or received: 1000..1003, 1007..1014 and 3000..4999.
 * 1004, 1005, 1006 and 1015 never travel, the rest of 1016..2999 is reserved (RFC 6455 section
 * 7.4). A received code that may not stand there fails the connection with 1002.
 */
export function isCloseCode(code: number): boolean {
  return (
    IN_CLOSE_FRAMES.has(code) ||
    (Number.isInteger(code) && code >= FIRST_REGISTERED_BY_IANA && code <= LAST_PRIVATE)
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
    throw new HioloadError(
      'HIOLOAD_OPTION_INVALID',
      `close reason of type ${typeof reason}: a string is allowed`,
    );
  }
  // No character takes more than three bytes per unit of UTF-16: short reasons need no count.
  if (reason.length * 3 <= MAX_CLOSE_REASON_BYTES) return;
  const bytes = new TextEncoder().encode(reason).length;
  if (bytes > MAX_CLOSE_REASON_BYTES) {
    throw new HioloadError(
      'HIOLOAD_CLOSE_REASON_TOO_LONG',
      `close reason of ${bytes} bytes: at most ${MAX_CLOSE_REASON_BYTES} are allowed`,
    );
  }
}
