/** A frame as a server wrote it. */
export interface ReceivedFrame {
  readonly opcode: number;
  readonly fin: boolean;
  readonly rsv: number;
  readonly payload: Buffer;
}

const MAX_HEADER_BYTES = 10;

/**
 * Takes the frames of a server out of the bytes that arrive, and notes what a server must not
 * write.
 */
export class FrameReader {
  readonly frames: ReceivedFrame[] = [];
  /** Rules of RFC 6455 sections 5.1, 5.2 and 5.5 that the server broke. */
  readonly faults: string[] = [];
  #chunks: Buffer[] = [];
  #bytes = 0;
  /** Octets that have to be there before it is worth looking. */
  #needed = 2;

  /** Octets of a frame that is not whole yet. */
  get pendingBytes(): number {
    return this.#bytes;
  }

  push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.length;
    if (this.#bytes < this.#needed) return;
    const bytes = this.#chunks.length === 1 ? chunk : Buffer.concat(this.#chunks);
    const rest = this.#read(bytes);
    this.#chunks = rest.length === 0 ? [] : [rest];
    this.#bytes = rest.length;
  }

  /** @returns what is left over */
  #read(bytes: Buffer): Buffer {
    for (let at = 0; ;) {
      const first = bytes[at];
      const second = bytes[at + 1];
      if (first === undefined || second === undefined) return this.#wait(bytes.subarray(at), 2);
      const form = second & 0x7f;
      let start = at + 2 + (form === 126 ? 2 : form === 127 ? 8 : 0);
      if (bytes.length < start) return this.#wait(bytes.subarray(at), MAX_HEADER_BYTES);
      const length =
        form === 126 ? bytes.readUInt16BE(at + 2) : form === 127 ? longLength(bytes, at + 2) : form;
      if ((second & 0x80) !== 0) {
        this.faults.push('a frame of the server is masked');
        start += 4;
      }
      if (bytes.length < start + length) return this.#wait(bytes.subarray(at), start - at + length);
      this.#judge(first, form, length);
      const payload = bytes.subarray(start, start + length);
      this.frames.push({
        opcode: first & 0x0f,
        fin: (first & 0x80) !== 0,
        rsv: (first >> 4) & 7,
        payload,
      });
      at = start + length;
    }
  }

  #wait(rest: Buffer, needed: number): Buffer {
    this.#needed = needed === MAX_HEADER_BYTES ? rest.length + 1 : needed;
    return rest;
  }

  #judge(first: number, form: number, length: number): void {
    const isControl = (first & 0x08) !== 0;
    if (form > 125 && length < (form === 126 ? 126 : 65_536))
      this.faults.push('a length is not in its shortest form');
    if (isControl && (length > 125 || (first & 0x80) === 0))
      this.faults.push('a control frame is long or fragmented');
  }
}

function longLength(bytes: Buffer, at: number): number {
  return Number(bytes.readBigUInt64BE(at));
}
