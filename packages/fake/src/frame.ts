// A fake WebSocket frame for tests of code that takes frames.
import type { WebSocketFrame } from '@hioload/api';

/** The fields of a {@link FakeFrame}. A text payload is encoded as UTF-8. */
export interface FakeFrameFields {
  readonly opcode?: number;
  readonly fin?: boolean;
  readonly rsv?: number;
  readonly payload?: string | Uint8Array;
}

/**
 * A whole frame, made without a decoder, for code that takes frames. By default a text frame with
 * FIN.
 */
export class FakeFrame implements WebSocketFrame {
  readonly fin: boolean;
  readonly rsv: number;
  readonly opcode: number;
  readonly payloadBytes: number;
  readonly isAscii = false;
  bytes: Uint8Array;
  start = 0;
  end: number;
  isReleased = false;

  constructor({ opcode = 1, fin = true, rsv = 0, payload = '' }: FakeFrameFields = {}) {
    this.opcode = opcode;
    this.fin = fin;
    this.rsv = rsv;
    this.bytes = typeof payload === 'string' ? new TextEncoder().encode(payload) : payload;
    this.payloadBytes = this.end = this.bytes.length;
  }

  release(): void {
    this.isReleased = true;
    this.bytes = new Uint8Array(0);
    this.start = this.end = 0;
  }
}
