/**
 * How messages are compressed (RFC 7692). Contexts cost memory, compressing costs time: both are
 * bounded.
 */
export interface CompressionOptions {
  /**
   * Whether contexts live on from message to message, which makes small messages that are alike
   * smaller and costs some 150 KB a connection that uses it both ways. Default: false.
   */
  readonly contextTakeover?: boolean;
  /**
   * Window of what is sent, as a power of two, 8..15. Default: 15, of which a context that lives on
   * uses 13: 100 KB less a connection, for messages that are a few hundredths longer.
   */
  readonly windowBits?: number;
  /**
   * Window of what is received, as a power of two, 8..15. Default: 15. A client that asks for less
   * cannot speak to a server that takes no notice of it.
   */
  readonly peerWindowBits?: number;
  /** 1 (fast) to 9 (small). Default: 1. */
  readonly level?: number;
  /** 1..9: memory for compressing. Default: 8. */
  readonly memLevel?: number;
  /** Shortest message that is compressed, in bytes. Default: 1,024. */
  readonly minBytes?: number;
  /**
   * Longest message that is compressed, in bytes: its time is taken from all connections. Default:
   * 1 MiB.
   */
  readonly maxBytes?: number;
  /** Native memory that the contexts of the reactor may take, in bytes. Default: 64 MiB. */
  readonly maxContextBytes?: number;
}
