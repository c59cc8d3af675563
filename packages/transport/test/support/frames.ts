/** Codes of frames that tests write and read. */
export const Op = { Continuation: 0, Text: 1, Binary: 2, Close: 8, Ping: 9, Pong: 10 } as const;

/** A frame of a client, masked with zeros, so that its payload is readable. */
export function frame(
  opcode: number,
  payload: string | Uint8Array = '',
  options: { readonly fin?: boolean } = {},
): Buffer {
  const bytes = Buffer.from(payload as string);
  const first = (options.fin === false ? 0 : 0x80) | opcode;
  return Buffer.concat([Buffer.from([first]), lengthOf(bytes.length), Buffer.alloc(4), bytes]);
}

/** A close frame of a client. */
export function closeFrame(code: number, reason = ''): Buffer {
  return frame(Op.Close, Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason)]));
}

function lengthOf(length: number): Buffer {
  if (length < 126) return Buffer.from([0x80 | length]);
  const head = Buffer.alloc(length < 65_536 ? 3 : 9);
  head[0] = length < 65_536 ? 0xfe : 0xff;
  if (length < 65_536) head.writeUInt16BE(length, 1);
  else head.writeBigUInt64BE(BigInt(length), 1);
  return head;
}

export interface ReceivedFrame {
  readonly opcode: number;
  readonly fin: boolean;
  readonly payload: Buffer;
}

/** Takes the whole frames of a server out of the bytes that arrived. */
export function readFrames(bytes: Buffer): ReceivedFrame[] {
  const frames: ReceivedFrame[] = [];
  for (let at = 0; at + 2 <= bytes.length;) {
    let length = bytes[at + 1]! & 0x7f;
    let start = at + 2;
    if (length === 126) {
      length = start + 2 <= bytes.length ? bytes.readUInt16BE(start) : Infinity;
      start += 2;
    } else if (length === 127) {
      length = start + 8 <= bytes.length ? Number(bytes.readBigUInt64BE(start)) : Infinity;
      start += 8;
    }
    if (start + length > bytes.length) break;
    frames.push({
      opcode: bytes[at]! & 0x0f,
      fin: (bytes[at]! & 0x80) !== 0,
      payload: bytes.subarray(start, start + length),
    });
    at = start + length;
  }
  return frames;
}
