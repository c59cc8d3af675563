// Checks whether a request is an opening handshake that a server can accept.
import { parseOfferedProtocols } from './subprotocol.js';
import { listHasToken } from './tokens.js';

/** Why a server cannot accept a request as an opening handshake (RFC 6455 section 4.2.1). */
export const HandshakeFault = {
  /** Not a GET. */
  Method: 'method',
  /** No `Upgrade: websocket` with `Connection: Upgrade`: a plain HTTP request. */
  NotAnUpgrade: 'not-an-upgrade',
  /** The Host field is missing, empty or repeated. */
  Host: 'host',
  /** A request that announces a body. */
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
  [HandshakeFault.Host]: badRequest('The request must have one Host field.'),
  [HandshakeFault.Body]: badRequest('A handshake has no body.'),
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
 * @param method in upper case @param headers values by lower-case name, repeated fields joined by a
 * comma and a space
 */
export function checkHandshake(
  method: string,
  headers: ReadonlyMap<string, string>,
): HandshakeCheck {
  if (method !== 'GET') return failed(HandshakeFault.Method);
  if (!asksForWebSocket(headers)) return failed(HandshakeFault.NotAnUpgrade);
  const host = headers.get('host') ?? '';
  // No host has a comma. It comes from repeated fields that were joined, and two servers may choose
  // different ones.
  if (host.length === 0 || host.includes(',')) return failed(HandshakeFault.Host);
  if (headers.has('transfer-encoding') || (headers.get('content-length') ?? '0') !== '0') {
    return failed(HandshakeFault.Body);
  }
  if (headers.get('sec-websocket-version') !== '13') return failed(HandshakeFault.Version);
  const key = headers.get('sec-websocket-key') ?? '';
  if (!isHandshakeKey(key)) return failed(HandshakeFault.Key);
  const protocols = parseOfferedProtocols(headers.get('sec-websocket-protocol'));
  if (protocols === undefined) return failed(HandshakeFault.Protocols);
  return { ok: true, key, host, protocols };
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
