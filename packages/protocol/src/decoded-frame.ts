import type { WebSocketFrame } from '@hioload/api';
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
  /** Where the payload lies if it did not come whole. */
  #block: GrowingBlock | undefined;

  /** Takes the payload from a block of the pool instead of a chunk. */
  borrowFrom(block: GrowingBlock): void {
    this.#block = block;
    this.bytes = block.bytes;
    this.start = block.start;
    this.end = block.end;
  }

  /** Lets go of the memory without giving it back: the block lives on in the decoder. */
  forget(): void {
    this.bytes = NOTHING;
    this.start = this.end = 0;
  }

  release(): void {
    this.forget();
    this.#block?.release();
    this.#block = undefined;
  }
}
