/** How messages are compressed (RFC 7692). Contexts cost memory, compressing costs time: both are bounded. */
export interface CompressionOptions {
  /**
   * Whether contexts live on from message to message, which makes small messages that are alike smaller and costs some 300 KB
   * a connection. Default: false.
   */
  readonly contextTakeover?: boolean;
  /** Windows of what is sent and what is received, as powers of two, 8..15. Default: 15. */
  readonly windowBits?: number;
  readonly peerWindowBits?: number;
  /** 1 (fast) to 9 (small). Default: 1. */
  readonly level?: number;
  /** 1..9: memory for compressing. Default: 8. */
  readonly memLevel?: number;
  /** Shortest message that is compressed, in bytes. Default: 1,024. */
  readonly minBytes?: number;
  /** Longest message that is compressed, in bytes: its time is taken from all connections. Default: 1 MiB. */
  readonly maxBytes?: number;
  /** Native memory that the contexts of the reactor may take, in bytes. Default: 64 MiB. */
  readonly maxContextBytes?: number;
}
