/** The header fields that a request may repeat, and how their values are joined. */

/**
 * Fields of a request that hold one value, by their definition. A sender must not repeat them (RFC
 * 9110 section 5.3), and two readers of a repeated one may take different values.
 */
export const SINGLE_FIELDS: ReadonlySet<string> = new Set([
  'access-control-request-method',
  'authorization',
  'content-length',
  'content-location',
  'content-range',
  'content-type',
  'date',
  'from',
  'host',
  'if-modified-since',
  'if-range',
  'if-unmodified-since',
  'last-event-id',
  'max-forwards',
  'origin',
  'proxy-authorization',
  'range',
  'referer',
  'sec-fetch-dest',
  'sec-fetch-mode',
  'sec-fetch-site',
  'sec-fetch-user',
  'sec-websocket-key',
  'sec-websocket-version',
  'upgrade-insecure-requests',
  'user-agent',
]);

/** Fields whose values are joined by something else than a comma, by name. */
const SEPARATORS: ReadonlyMap<string, string> = new Map([
  // A cookie pair may have a comma, and a semicolon ends it (RFC 9113 section 8.2.3).
  ['cookie', '; '],
]);
const LIST_SEPARATOR = ', ';

/**
 * Notes one field line of a request. Values of repeated fields are joined: of Cookie by a semicolon
 * and a space, of all others by a comma and a space, in the order of the lines (RFC 9110 section
 * 5.3).
 * @param name in lower case
 * @returns false where a field that holds one value came once more; its first value stays
 */
export function addField(headers: Map<string, string>, name: string, value: string): boolean {
  const known = headers.get(name);
  if (known === undefined) {
    headers.set(name, value);
    return true;
  }
  if (SINGLE_FIELDS.has(name)) return false;
  headers.set(name, known + (SEPARATORS.get(name) ?? LIST_SEPARATOR) + value);
  return true;
}
