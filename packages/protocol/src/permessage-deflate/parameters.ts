// The parameters of permessage-deflate: reads and lists them.
import type { ExtensionParameters } from '@hioload/api';

/** Smallest and largest window of DEFLATE, as powers of two (RFC 7692 section 7.1.2). */
export const MIN_WINDOW_BITS = 8;
export const MAX_WINDOW_BITS = 15;

/** The four parameters of permessage-deflate (RFC 7692 section 7.1). */
export interface DeflateParameters {
  serverNoContextTakeover: boolean;
  clientNoContextTakeover: boolean;
  /** 8..15; undefined if the parameter is absent. */
  serverMaxWindowBits: number | undefined;
  /**
   * 8..15, or `any` for the parameter without a value, which is allowed only in an offer. Undefined
   * if the parameter is absent.
   */
  clientMaxWindowBits: number | 'any' | undefined;
}

/**
 * Reads the parameters of an offer or of an answer. Returns undefined if a parameter is unknown,
 * repeated or has a wrong value. Such an offer is declined, and such an answer fails the handshake
 * (RFC 7692 sections 5.1 and 7.1).
 */
export function readParameters(list: ExtensionParameters): DeflateParameters | undefined {
  const found: DeflateParameters = {
    serverNoContextTakeover: false,
    clientNoContextTakeover: false,
    serverMaxWindowBits: undefined,
    clientMaxWindowBits: undefined,
  };
  const seen = new Set<string>();
  for (const [name, value] of list) {
    if (seen.has(name) || !readInto(found, name, value)) return undefined;
    seen.add(name);
  }
  return found;
}

function readInto(found: DeflateParameters, name: string, value: string | undefined): boolean {
  switch (name) {
    case 'server_no_context_takeover':
      found.serverNoContextTakeover = true;
      return value === undefined;
    case 'client_no_context_takeover':
      found.clientNoContextTakeover = true;
      return value === undefined;
    case 'server_max_window_bits':
      found.serverMaxWindowBits = readBits(value);
      return found.serverMaxWindowBits !== undefined;
    case 'client_max_window_bits':
      found.clientMaxWindowBits = value === undefined ? 'any' : readBits(value);
      return found.clientMaxWindowBits !== undefined;
    default:
      return false;
  }
}

/** Reads 8..15 in decimal, without leading zeros. */
function readBits(value: string | undefined): number | undefined {
  const bits = Number(value);
  const isWritten = value === String(bits);
  return isWritten && Number.isInteger(bits) && bits >= MIN_WINDOW_BITS && bits <= MAX_WINDOW_BITS
    ? bits
    : undefined;
}

/** Lists the parameters as the header writes them. */
export function listParameters(parameters: DeflateParameters): ExtensionParameters {
  const list: [string, string | undefined][] = [];
  if (parameters.serverNoContextTakeover) list.push(['server_no_context_takeover', undefined]);
  if (parameters.clientNoContextTakeover) list.push(['client_no_context_takeover', undefined]);
  const { serverMaxWindowBits, clientMaxWindowBits } = parameters;
  if (serverMaxWindowBits !== undefined)
    list.push(['server_max_window_bits', String(serverMaxWindowBits)]);
  if (clientMaxWindowBits !== undefined) {
    list.push([
      'client_max_window_bits',
      clientMaxWindowBits === 'any' ? undefined : String(clientMaxWindowBits),
    ]);
  }
  return list;
}
