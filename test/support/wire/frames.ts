/** Codes of frames that tests write and read (RFC 6455 section 5.2). */
export const Op = { Continuation: 0, Text: 1, Binary: 2, Close: 8, Ping: 9, Pong: 10 } as const;

/** What can be written into a frame besides what a good client writes. */
export interface FrameOptions {
  readonly fin?: boolean;
  /** Reserved bits: RSV1 is 4, RSV2 is 2, RSV3 is 1. */
  readonly rsv?: number;
  /** Default: zeros, so that the payload is readable. Null leaves the mask out. */
  readonly maskKey?: number | null;
  /**
   * The form of the length: in the header's 7 bits, in 2 or in 8 octets more. Default: the
   * shortest.
   */
  readonly lengthForm?: 7 | 16 | 64;
  /** The length that the header announces. Default: that of the payload. */
  readonly announcedBytes?: bigint;
}

/** A frame of a client. */
export function frame(
  opcode: number,
  payload: string | Uint8Array = '',
  options: FrameOptions = {},
): Buffer {
  const bytes = Buffer.from(payload as string);
  const { fin = true, rsv = 0, maskKey = 0, announcedBytes = BigInt(bytes.length) } = options;
  const first = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
  const length = lengthOf(announcedBytes, options.lengthForm ?? shortestForm(announcedBytes));
  if (maskKey === null) return Buffer.concat([Buffer.from([first]), length, bytes]);
  length[0]! |= 0x80;
  const key = Buffer.alloc(4);
  key.writeUInt32BE(maskKey);
  if (maskKey !== 0) for (let i = 0; i < bytes.length; i++) bytes[i]! ^= key[i & 3]!;
  return Buffer.concat([Buffer.from([first]), length, key, bytes]);
}

/** A close frame of a client. */
export function closeFrame(code: number, reason: string | Uint8Array = ''): Buffer {
  return frame(
    Op.Close,
    Buffer.concat([Buffer.from([code >> 8, code & 0xff]), Buffer.from(reason as string)]),
  );
}

function shortestForm(length: bigint): 7 | 16 | 64 {
  if (length < 126n) return 7;
  return length < 65_536n ? 16 : 64;
}

function lengthOf(length: bigint, form: 7 | 16 | 64): Buffer {
  if (form === 7) return Buffer.from([Number(length)]);
  const head = Buffer.alloc(form === 16 ? 3 : 9);
  head[0] = form === 16 ? 126 : 127;
  if (form === 16) head.writeUInt16BE(Number(length), 1);
  else head.writeBigUInt64BE(length, 1);
  return head;
}
