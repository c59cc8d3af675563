// Parses the subprotocols that a client offers, and chooses one.
import { isToken, splitList } from './tokens.js';

/**
 * The subprotocols that a client offers, in its order of preference, each once.
 * @returns undefined if an element is not a token (RFC 6455 section 4.1): the handshake is
 * malformed
 */
export function parseOfferedProtocols(field: string | undefined): readonly string[] | undefined {
  if (field === undefined) return [];
  const offered = splitList(field);
  return offered.every(isToken) ? [...new Set(offered)] : undefined;
}

/**
 * The first subprotocol of the application that the client offers. If there is none, the empty
 * string, and the answer names no subprotocol.
 */
export function chooseSubprotocol(offered: readonly string[], spoken: readonly string[]): string {
  return spoken.find((protocol) => offered.includes(protocol)) ?? '';
}
