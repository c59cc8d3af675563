/** The settings of compression. */

/**
 * How messages are compressed (RFC 7692). A compression context costs memory, and compression costs
 * time; these settings limit both.
 */
export interface CompressionOptions {
  /**
   * Whether a context lives on from one message to the next. Small messages that resemble each
   * other become shorter, but a connection that compresses in both directions takes up to 210 KB
   * more. The handshake reserves this memory out of `maxContextBytes`; where there is no room, it
   * agrees on compression without takeover. Default: false.
   */
  readonly contextTakeover?: boolean;
  /**
   * The window for messages that the server sends, as an exponent of two: 8..15. Default: 15. A
   * context that lives on uses 13 by default: it takes 100 KB less per connection, and messages
   * become a few percent longer.
   */
  readonly windowBits?: number;
  /**
   * The window for messages that the server receives, as an exponent of two: 8..15. Default: 15.
   * The server asks for a smaller window only if the client says that it can use one. A client of
   * this framework that sets a smaller value cannot connect to a server that ignores the value.
   */
  readonly peerWindowBits?: number;
  /** The effort of compression: 1 (fast) to 9 (short messages). Default: 1. */
  readonly level?: number;
  /** The memory for compression, as a level of zlib: 1..9. Default: 8. */
  readonly memLevel?: number;
  /** The shortest message that is compressed, in bytes. Default: 1,024. */
  readonly minBytes?: number;
  /**
   * The longest message that is compressed, in bytes. All connections of the reactor wait while a
   * message is compressed. Default: 1 MiB.
   */
  readonly maxBytes?: number;
  /**
   * The native memory that all contexts of the reactor may take, in bytes. One pair of contexts
   * serves all messages of one frame. Up to three quarters of the rest are for context takeover.
   * What is left is for messages in fragments: if there is no room for one more, the address that
   * holds most loses its oldest one (1013). The least is three contexts of these windows: 354,304
   * with the other defaults. Default: 64 MiB, for 235 connections with takeover or for 1,553
   * unfinished messages.
   */
  readonly maxContextBytes?: number;
}
