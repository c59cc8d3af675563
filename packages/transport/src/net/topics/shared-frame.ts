/* One published message, encoded once for many receivers. */
import type { EncodedFrames } from '@hioload/protocol';

/** The frame of a published message, for all its receivers that have no extension. */
export class SharedFrame implements EncodedFrames {
  readonly bytes: Uint8Array;
  readonly start = 0;
  readonly end: number;
  readonly isBinary: boolean;
  readonly #frames: EncodedFrames;
  #uses = 1;

  constructor(frames: EncodedFrames, isBinary: boolean) {
    this.#frames = frames;
    // A view of the frame alone: each receiver copies the frame once, and a whole view is copied
    // fastest.
    this.bytes = frames.bytes.subarray(frames.start, frames.end);
    this.end = this.bytes.length;
    this.isBinary = isBinary;
  }

  /** Where the payload begins. It ends with the frame. */
  get payloadStart(): number {
    return this.end - payloadBytesOfFrame(this.end);
  }

  /** Keeps the frame for one more write. */
  retain(): this {
    this.#uses += 1;
    return this;
  }

  release(): void {
    this.#uses -= 1;
    if (this.#uses === 0) this.#frames.release();
  }
}

const LONGEST_SHORT = 125 + 2;
const LONGEST_MEDIUM = 0xffff + 4;

/**
 * The length of the payload of an unmasked frame, from the length of the frame (RFC 6455 section
 * 5.2).
 */
export function payloadBytesOfFrame(frameBytes: number): number {
  if (frameBytes <= LONGEST_SHORT) return frameBytes - 2;
  return frameBytes - (frameBytes <= LONGEST_MEDIUM ? 4 : 10);
}
