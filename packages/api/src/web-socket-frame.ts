/**
 * One frame (RFC 6455 section 5.2), its payload unmasked. A decoder reuses one object for all its
 * frames: it is valid until the sink it was handed to returns.
 */
export interface WebSocketFrame {
  /** Whether it is the last frame of its message. */
  readonly fin: boolean;
  /**
   * The reserved bits: RSV1 is 4, RSV2 is 2, RSV3 is 1. Only bits that an extension claims are ever
   * set.
   */
  readonly rsv: number;
  /** 0 continuation, 1 text, 2 binary, 8 close, 9 ping, 10 pong; no other. */
  readonly opcode: number;
  /**
   * The memory that the payload lies in, at `start..end`: the caller's chunk, or a block of the
   * pool.
   */
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  /** Length of the whole payload as the header tells it; `end - start` once all of it is there. */
  readonly payloadBytes: number;
  /** True where the payload is known to be ASCII; false says nothing. */
  readonly isAscii: boolean;
  /**
   * Ends the loan before the sink returns, so that a block of the pool is free for what the sink
   * does next. `bytes` is empty from then on. A second call is a no-op.
   */
  release(): void;
}
