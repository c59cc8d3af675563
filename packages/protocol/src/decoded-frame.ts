// The frame that a decoder hands out, one object for all of its frames.
import type { Lease, WebSocketFrame } from '@hioload/api';
import type { GrowingBlock } from './growing-block.js';

const NOTHING = new Uint8Array(0);

/** The frame of a decoder: filled anew for each frame. */
export class DecodedFrame implements WebSocketFrame {
  fin = false;
  rsv = 0;
  opcode = 0;
  bytes: Uint8Array = NOTHING;
  start = 0;
  end = 0;
  payloadBytes = 0;
  isAscii = false;
  /** The block that the payload lies in, where it did not come whole and all of it is there. */
  #lease: Lease | undefined;

  /** Shows what has come of the payload so far. */
  showPart(block: GrowingBlock): void {
    this.bytes = block.bytes;
    this.start = block.start;
    this.end = block.end;
  }

  /** Takes the payload over: from now on stopping the decoder does not take it away. */
  takeOver(block: GrowingBlock): void {
    this.showPart(block);
    this.#lease = block.take();
  }

  release(): void {
    this.bytes = NOTHING;
    this.start = this.end = 0;
    if (this.#lease === undefined) return;
    this.#lease.release();
    this.#lease = undefined;
  }
}
