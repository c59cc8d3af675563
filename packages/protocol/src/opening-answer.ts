// Writes the answer to an opening handshake, accepted or refused.
import { HioloadError } from '@hioload/api';
import { acceptKey } from './accept-key.js';
import { isFieldValue, isToken } from './tokens.js';

/** Fields that the protocol writes, or that would change the length of the answer. */
const RESERVED_FIELDS = new Set(['connection', 'upgrade', 'content-length', 'transfer-encoding']);
const RESERVED_PREFIX = 'sec-websocket-';

const REASON_PHRASES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  402: 'Payment Required',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  413: 'Content Too Large',
  421: 'Misdirected Request',
  426: 'Upgrade Required',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};

/** The content of the answer to an accepted handshake. */
export interface Acceptance {
  /** `Sec-WebSocket-Key` of the request. */
  readonly key: string;
  /** The subprotocol chosen, or the empty string for none: then the field is left out. */
  readonly protocol?: string;
  /** The element of `Sec-WebSocket-Extensions` that was agreed upon. */
  readonly extension?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Writes the answer that accepts an opening handshake (RFC 6455 section 4.2.2), in ASCII and
 * Latin-1.
 * @throws HIOLOAD_UPGRADE_INVALID if a field is not allowed in an answer, or belongs to the
 * protocol
 */
export function acceptanceHead({
  key,
  protocol = '',
  extension,
  headers = {},
}: Acceptance): string {
  let head = 'HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n';
  head += `Sec-WebSocket-Accept: ${acceptKey(key)}\r\n`;
  if (protocol !== '') {
    if (!isToken(protocol))
      throw invalid(`protocol must be a token (RFC 9110); got ${JSON.stringify(protocol)}`);
    head += `Sec-WebSocket-Protocol: ${protocol}\r\n`;
  }
  if (extension !== undefined) head += `Sec-WebSocket-Extensions: ${extension}\r\n`;
  return `${head}${fieldLines(headers)}\r\n`;
}

/**
 * Writes the answer that refuses an opening handshake, with its body, in UTF-8. The connection ends
 * after it.
 * @param status 400..599 @throws HIOLOAD_UPGRADE_INVALID
 */
export function refusalMessage(
  status: number,
  headers: Readonly<Record<string, string>>,
  reason: string,
): string {
  if (!Number.isInteger(status) || status < 400 || status > 599) {
    throw invalid(`status must be a whole number from 400 to 599; got ${status}`);
  }
  // The answer to a request without an upgrade names the upgrade (RFC 9110 section 15.5.22).
  const { Upgrade: upgrade, ...rest } = headers;
  const connection = upgrade === undefined ? 'close' : 'Upgrade, close';
  let head =
    `HTTP/1.1 ${status} ${REASON_PHRASES[status] ?? 'Refused'}\r\nConnection: ` +
    `${connection}\r\n`;
  if (upgrade !== undefined) head += `Upgrade: ${upgrade}\r\n`;
  const { 'Sec-WebSocket-Version': version, ...fields } = rest;
  if (version !== undefined) head += `Sec-WebSocket-Version: ${version}\r\n`;
  if (!Object.keys(fields).some((name) => name.toLowerCase() === 'content-type')) {
    head += 'Content-Type: text/plain; charset=utf-8\r\n';
  }
  const length = `Content-Length: ${Buffer.byteLength(reason)}\r\n`;
  return `${head}${fieldLines(fields)}${length}\r\n${reason}`;
}

function fieldLines(headers: Readonly<Record<string, string>>): string {
  let lines = '';
  for (const [name, value] of Object.entries(headers)) {
    const lower = name.toLowerCase();
    if (!isToken(name))
      throw invalid(`a header name must be a token (RFC 9110); got ${JSON.stringify(name)}`);
    if (RESERVED_FIELDS.has(lower) || lower.startsWith(RESERVED_PREFIX)) {
      throw invalid(`header ${name} must be left to the framework`);
    }
    if (!isFieldValue(value)) {
      throw invalid(
        `header ${name} must have a value without control characters; got ${JSON.stringify(value)}`,
      );
    }
    lines += `${name}: ${value}\r\n`;
  }
  return lines;
}

const invalid = (message: string): HioloadError =>
  new HioloadError('HIOLOAD_UPGRADE_INVALID', message);
