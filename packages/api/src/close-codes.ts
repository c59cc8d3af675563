/** The WebSocket close codes, with their meanings (RFC 6455 section 7.4, IANA registry). */

/** One close code: its meaning, and how an endpoint may use it. */
export interface CloseCodeDefinition {
  readonly code: number;
  readonly meaning: string;
  /**
   * Whether an endpoint may send the code in a close frame. 1005, 1006 and 1015 never travel: an
   * endpoint uses them to tell its own application how a connection ended.
   */
  readonly mayBeSent: boolean;
  /** Whether a client that sees the code should connect again, with backoff. */
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

/** A close code named in {@link CloseCode}. Applications may use 3000..4999 too. */
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
  define(CloseCode.Normal, 'the connection has done its work', true, false),
  define(CloseCode.GoingAway, 'the server shuts down, or the user leaves the page', true, true),
  define(CloseCode.ProtocolError, 'the peer broke the protocol', true, false),
  define(CloseCode.UnsupportedData, 'the endpoint does not accept this type of data', true, false),
  define(CloseCode.NoStatus, 'the close frame held no code', false, false),
  define(CloseCode.Abnormal, 'the connection was lost without a close frame', false, true),
  define(
    CloseCode.InvalidPayload,
    'a text message is not UTF-8, or compressed data cannot be decompressed',
    true,
    false,
  ),
  define(
    CloseCode.PolicyViolation,
    'the peer broke a limit or a rule of the application',
    true,
    false,
  ),
  define(CloseCode.MessageTooBig, 'the message is longer than the endpoint accepts', true, false),
  define(
    CloseCode.MandatoryExtension,
    'the server did not accept an extension that the client needs',
    true,
    false,
  ),
  define(CloseCode.InternalError, 'the server has an internal error', true, true),
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
 * Longest reason of a close frame, in bytes of UTF-8. A control frame holds 125 bytes (RFC 6455
 * section 5.5), and the code takes two of them.
 */
export const MAX_CLOSE_REASON_BYTES = 123;

/** Longest payload of a ping or pong, in bytes (RFC 6455 section 5.5). */
export const MAX_CONTROL_PAYLOAD_BYTES = 125;
