/** A message of a peer, as a handler gets it. */

/**
 * A message of a peer. A reactor uses one object for all its messages. The object is valid until
 * the handler returns or reaches its first await. A later use throws `HIOLOAD_MESSAGE_EXPIRED`;
 * once the reactor handles the next message, a later use shows this next message instead.
 */
export interface IncomingMessage {
  /**
   * Whether the message is binary. A text message is valid UTF-8: the framework has checked it (RFC
   * 6455 section 5.6).
   */
  readonly isBinary: boolean;
  /** The length of the payload, in bytes. */
  readonly byteLength: number;
  /** A view of the payload, without a copy. The view is valid as long as the message. */
  bytes(): Uint8Array;
  /**
   * The payload decoded as UTF-8. Malformed bytes of a binary message become U+FFFD. The text stays
   * valid.
   */
  text(): string;
  /** The payload parsed as JSON. The value stays valid. @throws SyntaxError for malformed JSON */
  json<T = unknown>(): T;
  /** A copy of the payload. The copy stays valid. */
  copy(): Uint8Array<ArrayBuffer>;
}
