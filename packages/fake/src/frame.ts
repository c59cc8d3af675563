// A fake WebSocket frame for tests of code that takes frames.
import type { WebSocketFrame } from '@hioload/api';

/** What a {@link FakeFrame} holds; a text is its UTF-8. */
export interface FakeFrameFields {
  readonly opcode?: number;
  readonly fin?: boolean;
  readonly rsv?: number;
  readonly payload?: string | Uint8Array;
}

/** A frame without a decoder, whole, for sinks of frames: text with FIN unless told otherwise. */
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
