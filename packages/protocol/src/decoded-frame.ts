// The frame that a decoder hands out, one object for all of its frames.
import type { Lease, WebSocketFrame } from '@hioload/api';
import type { GrowingBlock } from './growing-block.js';

const NOTHING = new Uint8Array(0);

/** The frame of a decoder, which fills the same object for each frame. */
export class DecodedFrame implements WebSocketFrame {
  fin = false;
  rsv = 0;
  opcode = 0;
  bytes: Uint8Array = NOTHING;
  start = 0;
  end = 0;
  payloadBytes = 0;
  isAscii = false;
  /** The block with the whole payload of a frame that arrived in pieces. */
  #lease: Lease | undefined;

  /** Shows the part of the payload that has arrived. */
  showPart(block: GrowingBlock): void {
    this.bytes = block.bytes;
    this.start = block.start;
    this.end = block.end;
  }

  /** Takes the payload over, so that it stays valid when the decoder stops. */
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
