import type { ConnId } from './connection.js';

/** The form that `String(conn.id)` has: no sign, no leading zero, no exponent. */
const DECIMAL = /^[1-9]\d{0,15}$/;

/**
 * The id of a connection that came as text: in a message, in a request, from a store.
 * @param text what `String(conn.id)` was
 * @returns undefined where no connection can have it; that one has it, `send` and `end` of the bus
 * say
 */
export function toConnId(text: string): ConnId | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const id = Number(text);
  return Number.isSafeInteger(id) ? (id as ConnId) : undefined;
}
