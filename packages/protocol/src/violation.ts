// The rules that a peer can break, each with the close code that ends its connection.
import { CloseCode } from '@hioload/api';

/** A rule that a peer broke, or a limit that it exceeded. The connection of the peer ends. */
export interface ProtocolViolation {
  /** Stable and short, such as `mask-missing`. */
  readonly rule: string;
  /** The code of the close frame to the peer. */
  readonly closeCode: CloseCode;
  /** Where the rule stands. */
  readonly source: string;
  /** What the peer did, in a sentence without its end. */
  readonly meaning: string;
}

const violation = (
  rule: string,
  closeCode: CloseCode,
  source: string,
  meaning: string,
): ProtocolViolation => Object.freeze({ rule, closeCode, source, meaning });

const { ProtocolError, InvalidPayload, PolicyViolation, MessageTooBig, TryAgainLater } = CloseCode;

/**
 * All ways in which bytes of a peer can fail a connection. The codec returns these values and
 * throws nothing, so that many broken frames cost neither stack traces nor memory.
 */
export const Violation = {
  ReservedOpcode: violation(
    'reserved-opcode',
    ProtocolError,
    'RFC 6455 section 5.2',
    'opcode 3..7 or 11..15',
  ),
  ReservedBits: violation(
    'reserved-bits',
    ProtocolError,
    'RFC 6455 section 5.2',
    'a reserved bit no extension claims',
  ),
  MaskMissing: violation(
    'mask-missing',
    ProtocolError,
    'RFC 6455 section 5.1',
    'a frame of a client without a mask',
  ),
  MaskForbidden: violation(
    'mask-forbidden',
    ProtocolError,
    'RFC 6455 section 5.1',
    'a frame of a server with a mask',
  ),
  LengthNotMinimal: violation(
    'length-not-minimal',
    ProtocolError,
    'RFC 6455 section 5.2',
    'a length in too long a form',
  ),
  LengthTopBitSet: violation(
    'length-top-bit',
    ProtocolError,
    'RFC 6455 section 5.2',
    'a 64-bit length with its top bit',
  ),
  ControlFragmented: violation(
    'control-fragmented',
    ProtocolError,
    'RFC 6455 section 5.5',
    'a control frame without FIN',
  ),
  ControlTooLong: violation(
    'control-too-long',
    ProtocolError,
    'RFC 6455 section 5.5',
    'a control frame over 125 bytes',
  ),
  ContinuationOfNothing: violation(
    'continuation-of-nothing',
    ProtocolError,
    'RFC 6455 section 5.4',
    'a continuation frame outside of a message',
  ),
  MessageInsideMessage: violation(
    'message-inside-message',
    ProtocolError,
    'RFC 6455 section 5.4',
    'a new message before the last one ended',
  ),
  ClosePayloadTooShort: violation(
    'close-payload-too-short',
    ProtocolError,
    'RFC 6455 section 5.5.1',
    'a close frame whose payload is one byte',
  ),
  CloseCodeReserved: violation(
    'close-code-reserved',
    ProtocolError,
    'RFC 6455 section 7.4',
    'a close code that must not be sent',
  ),
  CloseReasonNotUtf8: violation(
    'close-reason-not-utf8',
    InvalidPayload,
    'RFC 6455 section 5.5.1',
    'a close reason that is not UTF-8',
  ),
  TextNotUtf8: violation(
    'text-not-utf8',
    InvalidPayload,
    'RFC 6455 section 8.1',
    'a text message that is not UTF-8',
  ),
  MessageTooBig: violation(
    'message-too-big',
    MessageTooBig,
    'maxMessageBytes',
    'a message over the limit of bytes',
  ),
  TooManyFragments: violation(
    'too-many-fragments',
    PolicyViolation,
    'maxFragments',
    'a message of too many frames',
  ),
  MessageTooSlow: violation(
    'message-too-slow',
    PolicyViolation,
    'assemblySeconds',
    'a message that does not end',
  ),
  NotDecodable: violation(
    'not-decodable',
    InvalidPayload,
    'RFC 7692 section 7.2.2',
    'data that an extension cannot decode',
  ),
  /**
   * The peer is not at fault: there is no memory left for its frame, and a part of a stream cannot
   * be dropped.
   */
  PoolExhausted: violation(
    'pool-exhausted',
    TryAgainLater,
    'BytePool',
    'more unfinished messages than there is memory',
  ),
} as const satisfies Record<string, ProtocolViolation>;
