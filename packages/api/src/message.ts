/**
 * A message of a peer. One object is reused for all messages of a reactor: it is valid until the
 * handler returns or reaches its first await, and every use after that throws
 * `HIOLOAD_MESSAGE_EXPIRED`, until the object stands for the next message: then it shows that one.
 */
export interface IncomingMessage {
  /**
   * Whether the peer sent it as binary; a text message has been checked to be UTF-8 (RFC 6455
   * section 5.6).
   */
  readonly isBinary: boolean;
  /** Length of the payload in bytes. */
  readonly byteLength: number;
  /** The payload in place, valid as long as the message. The view is made at the first call. */
  bytes(): Uint8Array;
  /**
   * The payload decoded as UTF-8; malformed bytes of a binary message become U+FFFD. Yours to keep.
   */
  text(): string;
  /** The payload parsed as JSON. Yours to keep. @throws SyntaxError where it is no JSON */
  json<T = unknown>(): T;
  /** A copy of the payload. Yours to keep. */
  copy(): Uint8Array<ArrayBuffer>;
}
