/** The frames of a link: which connection, what happens to it, and the bytes. */
export const FrameType = { Open: 0, Data: 1, Shutdown: 2, Close: 3 } as const;
export type FrameType = (typeof FrameType)[keyof typeof FrameType];

/** Four octets for the connection, one for the type, four for the length of the payload. */
const HEADER_BYTES = 9;

/** A frame in memory of its own. */
export function encodeFrame(id: number, type: FrameType, payload: Uint8Array): Buffer {
  const frame = Buffer.alloc(HEADER_BYTES + payload.length);
  frame.writeUInt32BE(id, 0);
  frame.writeUInt8(type, 4);
  frame.writeUInt32BE(payload.length, 5);
  frame.set(payload, HEADER_BYTES);
  return frame;
}

/** Cuts a stream of bytes into frames. */
export class FrameReader {
  readonly #onFrame: (id: number, type: FrameType, payload: Uint8Array) => void;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(onFrame: (id: number, type: FrameType, payload: Uint8Array) => void) {
    this.#onFrame = onFrame;
  }

  read(chunk: Buffer): void {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    while (this.#bytes.length >= HEADER_BYTES) {
      const end = HEADER_BYTES + this.#bytes.readUInt32BE(5);
      if (this.#bytes.length < end) return;
      const frame = this.#bytes.subarray(0, end);
      this.#bytes = this.#bytes.subarray(end);
      const type = frame.readUInt8(4) as FrameType;
      this.#onFrame(frame.readUInt32BE(0), type, Uint8Array.from(frame.subarray(HEADER_BYTES)));
    }
  }
}
