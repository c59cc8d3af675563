/** Reads the id of a connection from text. */
import type { ConnId } from './connection.js';

/** The form of `String(conn.id)`: no sign, no leading zero, no exponent. */
const DECIMAL = /^[1-9]\d{0,15}$/;

/**
 * The id of a connection, from text in a message, in a request or in a store.
 * @param text the text that `String(conn.id)` gave
 * @returns the id; undefined if no connection can have this id. `send` and `end` of the bus tell
 * whether a connection has the id now.
 */
export function toConnId(text: string): ConnId | undefined {
  if (!DECIMAL.test(text)) return undefined;
  const id = Number(text);
  return Number.isSafeInteger(id) ? (id as ConnId) : undefined;
}
