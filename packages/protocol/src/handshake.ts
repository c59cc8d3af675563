// Checks whether a request is an opening handshake that a server can accept.
import { parseHost } from '@hioload/api';
import { parseOfferedProtocols } from './subprotocol.js';
import { listHasToken, splitList } from './tokens.js';

/** Why a server cannot accept a request as an opening handshake (RFC 6455 section 4.2.1). */
export const HandshakeFault = {
  /** Not a GET. */
  Method: 'method',
  /** No `Upgrade: websocket` with `Connection: Upgrade`: a plain HTTP request. */
  NotAnUpgrade: 'not-an-upgrade',
  /** The Host field is missing or repeated, or its value names no host. */
  Host: 'host',
  /** A field that holds one value came more than once. */
  Repeated: 'repeated',
  /** The length of the body is unclear. */
  Length: 'length',
  /** A GET or a HEAD that announces a body. */
  Body: 'body',
  /** `Sec-WebSocket-Version` is missing or not 13. */
  Version: 'version',
  /** `Sec-WebSocket-Key` is not 16 bytes of base64. */
  Key: 'key',
  /** `Sec-WebSocket-Protocol` holds something that is no token. */
  Protocols: 'protocols',
} as const;
export type HandshakeFault = (typeof HandshakeFault)[keyof typeof HandshakeFault];

/** How a faulty handshake is answered. */
export interface HandshakeRefusal {
  readonly status: 400 | 405 | 426;
  /** Header fields that go with the status. */
  readonly headers: Readonly<Record<string, string>>;
  /** What the peer is told. */
  readonly reason: string;
}

const badRequest = (reason: string): HandshakeRefusal => ({ status: 400, headers: {}, reason });

/** The answer to each fault. */
export const HANDSHAKE_REFUSALS: { readonly [Fault in HandshakeFault]: HandshakeRefusal } = {
  [HandshakeFault.Method]: {
    status: 405,
    headers: { Allow: 'GET' },
    reason: 'Only GET is served here.',
  },
  [HandshakeFault.NotAnUpgrade]: {
    status: 426,
    headers: { Upgrade: 'websocket' },
    reason: 'This is a WebSocket endpoint.',
  },
  [HandshakeFault.Host]: badRequest(
    'The request must have one Host field with a host, such as example.org or [::1]:9001.',
  ),
  [HandshakeFault.Repeated]: badRequest(
    'A field that holds one value, such as Origin or Authorization, must not be repeated.',
  ),
  [HandshakeFault.Length]: badRequest(
    'The length of the body must be clear: one Content-Length, or Transfer-Encoding: chunked.',
  ),
  [HandshakeFault.Body]: badRequest('A GET or a HEAD must have no body.'),
  [HandshakeFault.Version]: {
    status: 426,
    headers: { Upgrade: 'websocket', 'Sec-WebSocket-Version': '13' },
    reason: 'Only version 13 of the protocol is served.',
  },
  [HandshakeFault.Key]: badRequest('Sec-WebSocket-Key must be 16 bytes of base64.'),
  [HandshakeFault.Protocols]: badRequest('Sec-WebSocket-Protocol must be a list of tokens.'),
};

/** Outcome of {@link checkHandshake}. */
export type HandshakeCheck =
  | {
      readonly ok: true;
      readonly key: string;
      readonly host: string;
      readonly protocols: readonly string[];
    }
  | { readonly ok: false; readonly fault: HandshakeFault };

const KEY_DIGITS = 22;
const KEY_PADDING = '==';

/**
 * Checks whether the head of a request is an opening handshake (RFC 6455 section 4.2.1). It does
 * not check path and origin.
 * @param method as it was sent @param headers values by lower-case name
 */
export function checkHandshake(
  method: string,
  headers: ReadonlyMap<string, string>,
): HandshakeCheck {
  const fault = checkRequest(method, headers);
  if (fault !== undefined) return failed(fault);
  if (method !== 'GET') return failed(HandshakeFault.Method);
  if (!asksForWebSocket(headers)) return failed(HandshakeFault.NotAnUpgrade);
  const host = headers.get('host') ?? '';
  if (headers.get('sec-websocket-version') !== '13') return failed(HandshakeFault.Version);
  const key = headers.get('sec-websocket-key') ?? '';
  if (!isHandshakeKey(key)) return failed(HandshakeFault.Key);
  const protocols = parseOfferedProtocols(headers.get('sec-websocket-protocol'));
  if (protocols === undefined) return failed(HandshakeFault.Protocols);
  return { ok: true, key, host, protocols };
}

/** The faults of {@link checkRequest}. */
export type RequestFault = 'host' | 'repeated' | 'length' | 'body';

/**
 * Checks the rules that every request must keep, whatever it asks for: a page or an upgrade (RFC
 * 9112 sections 3.2 and 6.3). Two readers of a request that breaks them may see different requests.
 * @param method as it was sent @param headers values by lower-case name
 * @param repeated the name of a field that holds one value and came more than once
 */
export function checkRequest(
  method: string,
  headers: ReadonlyMap<string, string>,
  repeated?: string,
): RequestFault | undefined {
  if (repeated === 'host' || parseHost(headers.get('host') ?? '') === undefined)
    return HandshakeFault.Host;
  const length = headers.get('content-length') ?? '0';
  const encoding = headers.get('transfer-encoding');
  if (repeated === 'content-length' || !isWholeNumber(length)) return HandshakeFault.Length;
  const isClear =
    encoding === undefined || (endsInChunks(encoding) && !headers.has('content-length'));
  if (!isClear) return HandshakeFault.Length;
  if (repeated !== undefined) return HandshakeFault.Repeated;
  // A body would be taken for the next request by whoever gives a GET no body.
  const hasBody = encoding !== undefined || Number(length) > 0;
  return hasBody && (method === 'GET' || method === 'HEAD') ? HandshakeFault.Body : undefined;
}

/**
 * Whether a request asks for the upgrade to WebSocket (RFC 6455 section 4.2.1). Everything else in
 * it may still be wrong.
 */
export function asksForWebSocket(headers: ReadonlyMap<string, string>): boolean {
  return (
    listHasToken(headers.get('upgrade') ?? '', 'websocket') &&
    listHasToken(headers.get('connection') ?? '', 'upgrade')
  );
}

const endsInChunks = (encoding: string): boolean =>
  splitList(encoding).at(-1)?.toLowerCase() === 'chunked';
const isWholeNumber = (text: string): boolean => /^\d+$/.test(text);

const failed = (fault: HandshakeFault): HandshakeCheck => ({ ok: false, fault });

/** Whether `key` is 16 bytes in base64: 22 digits and two signs of padding. */
function isHandshakeKey(key: string): boolean {
  if (key.length !== KEY_DIGITS + KEY_PADDING.length || !key.endsWith(KEY_PADDING)) return false;
  for (let i = 0; i < KEY_DIGITS; i++) {
    if (!isBase64Digit(key.charCodeAt(i))) return false;
  }
  return true;
}

function isBase64Digit(code: number): boolean {
  const isLetter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
  const isFigure = code >= 0x30 && code <= 0x39;
  return isLetter || isFigure || code === 0x2b || code === 0x2f;
}
