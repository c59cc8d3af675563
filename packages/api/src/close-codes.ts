/**
 * What the framework knows of one WebSocket close code (RFC 6455 section 7.4 and the IANA
 * registry).
 */
export interface CloseCodeDefinition {
  readonly code: number;
  readonly meaning: string;
  /**
   * Whether an endpoint may put it into a close frame. 1005, 1006 and 1015 only ever describe,
   * locally.
   */
  readonly mayBeSent: boolean;
  /** Whether a client that sees it does well to connect again, with backoff. */
  readonly reconnect: boolean;
}

/** Close codes by name. */
export const CloseCode = {
  Normal: 1000,
  GoingAway: 1001,
  ProtocolError: 1002,
  UnsupportedData: 1003,
  NoStatus: 1005,
  Abnormal: 1006,
  InvalidPayload: 1007,
  PolicyViolation: 1008,
  MessageTooBig: 1009,
  MandatoryExtension: 1010,
  InternalError: 1011,
  ServiceRestart: 1012,
  TryAgainLater: 1013,
  BadGateway: 1014,
  TlsHandshake: 1015,
} as const;

/** A close code named in {@link CloseCode}. Applications use 3000..4999 besides. */
export type CloseCode = (typeof CloseCode)[keyof typeof CloseCode];

const define = (
  code: CloseCode,
  meaning: string,
  mayBeSent: boolean,
  reconnect: boolean,
): CloseCodeDefinition => ({
  code,
  meaning,
  mayBeSent,
  reconnect,
});

/** Every registered close code below 3000, in order. */
export const CLOSE_CODE_TABLE: readonly CloseCodeDefinition[] = [
  define(CloseCode.Normal, 'the purpose of the connection is fulfilled', true, false),
  define(CloseCode.GoingAway, 'the server shuts down, or a page is left', true, true),
  define(CloseCode.ProtocolError, 'the peer broke the protocol', true, false),
  define(CloseCode.UnsupportedData, 'a type of data that the endpoint does not take', true, false),
  define(CloseCode.NoStatus, 'the close frame held no code', false, false),
  define(CloseCode.Abnormal, 'the connection was lost without a close frame', false, true),
  define(
    CloseCode.InvalidPayload,
    'text that is not UTF-8, or data that cannot be inflated',
    true,
    false,
  ),
  define(CloseCode.PolicyViolation, 'a rule of the application or a limit was broken', true, false),
  define(CloseCode.MessageTooBig, 'a message longer than the endpoint takes', true, false),
  define(
    CloseCode.MandatoryExtension,
    'the server did not agree to an extension that the client needs',
    true,
    false,
  ),
  define(CloseCode.InternalError, 'the server met a fault of its own', true, true),
  define(CloseCode.ServiceRestart, 'the service restarts', true, true),
  define(CloseCode.TryAgainLater, 'the server is overloaded', true, true),
  define(
    CloseCode.BadGateway,
    'a gateway got an invalid answer from the server behind it',
    true,
    true,
  ),
  define(CloseCode.TlsHandshake, 'the TLS handshake failed', false, false),
];

/**
 * Longest reason of a close frame, in bytes of UTF-8: a control frame holds 125 (RFC 6455 section
 * 5.5), two are the code.
 */
export const MAX_CLOSE_REASON_BYTES = 123;

/** Longest payload of a ping or pong, in bytes (RFC 6455 section 5.5). */
export const MAX_CONTROL_PAYLOAD_BYTES = 125;
