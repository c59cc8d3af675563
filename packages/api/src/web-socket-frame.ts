/** A frame of the WebSocket protocol, as the decoder hands it to its sink. */

/**
 * One frame (RFC 6455 section 5.2), with its payload unmasked. A decoder uses one object for all
 * its frames. The frame is valid until the sink that got it returns.
 */
export interface WebSocketFrame {
  /** Whether the frame is the last frame of its message. */
  readonly fin: boolean;
  /**
   * The reserved bits: RSV1 is 4, RSV2 is 2, RSV3 is 1. A bit is set only if an extension uses it.
   */
  readonly rsv: number;
  /** 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong; no other. */
  readonly opcode: number;
  /**
   * The memory that holds the payload, at `bytes[start..end)`: the chunk of the caller, or a block
   * of a pool.
   */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /**
   * The length of the whole payload, out of the header of the frame. It is `end - start` once the
   * whole payload has arrived.
   */
  readonly payloadBytes: number;
  /** True if the payload is known to be ASCII. False means that this is unknown. */
  readonly isAscii: boolean;
  /**
   * Gives the payload back before the sink returns: a block of the pool is then free for the next
   * work of the sink. `bytes` is empty from then on. A second call does nothing.
   */
  release(): void;
}
