// Reads and writes the header of a frame.
import { HioloadError, MAX_CONTROL_PAYLOAD_BYTES } from '@hioload/api';

/** The kinds of frames (RFC 6455 section 5.2). The other values of the four bits are reserved. */
export const Opcode = {
  Continuation: 0x0,
  Text: 0x1,
  Binary: 0x2,
  Close: 0x8,
  Ping: 0x9,
  Pong: 0xa,
} as const;
export type Opcode = (typeof Opcode)[keyof typeof Opcode];

/** Longest header: two octets, eight of length, four of mask key. */
export const MAX_FRAME_HEADER_BYTES = 14;

/**
 * The header of one frame (RFC 6455 section 5.2). The caller gives the object that a reader fills,
 * so that one object serves all frames.
 */
export interface FrameHeader {
  /** Whether this is the last frame of its message. */
  fin: boolean;
  /**
   * The reserved bits: RSV1 is 4, RSV2 is 2, RSV3 is 1. The extensions in use decide which of them
   * may be set.
   */
  rsv: number;
  /** A value of {@link Opcode}. */
  opcode: number;
  masked: boolean;
  /**
   * The key as a 32-bit number, whose most significant octet is the first one on the wire; 0
   * without a mask. A reader gives a signed number, because V8 keeps it in a register, while an
   * unsigned one needs a heap number. Writers and masks take both.
   */
  maskKey: number;
  /**
   * 0..2^53-1 in a header to write. A reader rounds a length of 2^53 or more, which is above every
   * limit in any case.
   */
  payloadBytes: number;
}

/** How the reading of a header ended when it gave no header. */
export const HeaderFault = {
  /** The bytes end inside of the header: read again from its start when there are more. */
  Incomplete: 0,
  /** Opcode 3..7 or 11..15. */
  ReservedOpcode: -1,
  /** A close, ping or pong without FIN (section 5.5). */
  ControlFragmented: -2,
  /** A close, ping or pong of more than 125 bytes (section 5.5). */
  ControlTooLong: -3,
  /** A length that a shorter form could hold. */
  LengthNotMinimal: -4,
  /** A 64-bit length with its most significant bit set. */
  LengthTopBitSet: -5,
} as const;
export type HeaderFault = (typeof HeaderFault)[keyof typeof HeaderFault];

/** A header with nothing set, to be filled by {@link readFrameHeader}. */
export function emptyFrameHeader(): FrameHeader {
  return { fin: false, rsv: 0, opcode: 0, masked: false, maskKey: 0, payloadBytes: 0 };
}

/** Length in bytes that {@link writeFrameHeader} needs: 2..14. */
export function frameHeaderBytes(payloadBytes: number, masked: boolean): number {
  const lengthBytes = payloadBytes < 126 ? 0 : payloadBytes < 0x1_0000 ? 2 : 8;
  return 2 + lengthBytes + (masked ? 4 : 0);
}

/**
 * Reads the header that starts at `start` and fills `header`. The caller checks two rules: whether
 * the role needs a mask, and whether the frame may follow the one before.
 * @param end the offset after the last octet that has arrived
 * @returns the length of the header, 2..14, or a {@link HeaderFault}, which is 0 or below and
 * leaves `header` as it was
 */
export function readFrameHeader(
  bytes: Uint8Array,
  start: number,
  end: number,
  header: FrameHeader,
): number {
  if (end - start < 2) return HeaderFault.Incomplete;
  const first = bytes[start]!;
  const second = bytes[start + 1]!;
  const opcode = first & 0x0f;
  const short = second & 0x7f;
  // Three of each eight opcodes are in use: 0..2 for data, 8..10 for control.
  if ((opcode & 0x7) > 2) return HeaderFault.ReservedOpcode;
  if (opcode >= 8) {
    if ((first & 0x80) === 0) return HeaderFault.ControlFragmented;
    if (short > MAX_CONTROL_PAYLOAD_BYTES) return HeaderFault.ControlTooLong;
  }

  const masked = (second & 0x80) !== 0;
  const lengthBytes = short < 126 ? 0 : short === 126 ? 2 : 8;
  const length = 2 + lengthBytes + (masked ? 4 : 0);
  if (end - start < length) return HeaderFault.Incomplete;

  let payloadBytes = short;
  if (lengthBytes === 2) {
    payloadBytes = bytes[start + 2]! * 0x100 + bytes[start + 3]!;
    if (payloadBytes < 126) return HeaderFault.LengthNotMinimal;
  } else if (lengthBytes === 8) {
    if (bytes[start + 2]! >= 0x80) return HeaderFault.LengthTopBitSet;
    payloadBytes =
      (readInt32(bytes, start + 2) >>> 0) * 0x1_0000_0000 + (readInt32(bytes, start + 6) >>> 0);
    if (payloadBytes < 0x1_0000) return HeaderFault.LengthNotMinimal;
  }

  header.fin = (first & 0x80) !== 0;
  header.rsv = (first >>> 4) & 0x7;
  header.opcode = opcode;
  header.masked = masked;
  header.maskKey = masked ? readInt32(bytes, start + length - 4) : 0;
  header.payloadBytes = payloadBytes;
  return length;
}

/**
 * Writes a header at `at`, with the length in its shortest form.
 * @returns the offset after the header, where the payload belongs
 * @throws HIOLOAD_OPTION_INVALID where `payloadBytes` is no integer of 0..2^53-1 or `target` is too
 * short
 */
export function writeFrameHeader(
  header: Readonly<FrameHeader>,
  target: Uint8Array,
  at: number,
): number {
  const { payloadBytes, masked } = header;
  if (!Number.isSafeInteger(payloadBytes) || payloadBytes < 0) {
    throw new HioloadError(
      'HIOLOAD_OPTION_INVALID',
      `payloadBytes must be a whole number from 0 to 2^53-1; got ${payloadBytes}`,
    );
  }
  const end = at + frameHeaderBytes(payloadBytes, masked);
  if (end > target.length) {
    const room = `the header ends at ${end}, but target has only ${target.length} bytes`;
    throw new HioloadError('HIOLOAD_OPTION_INVALID', room);
  }

  const maskBit = masked ? 0x80 : 0;
  target[at] = (header.fin ? 0x80 : 0) | ((header.rsv & 0x7) << 4) | (header.opcode & 0x0f);
  if (payloadBytes < 126) {
    target[at + 1] = maskBit | payloadBytes;
  } else if (payloadBytes < 0x1_0000) {
    target[at + 1] = maskBit | 126;
    target[at + 2] = payloadBytes >>> 8;
    target[at + 3] = payloadBytes & 0xff;
  } else {
    target[at + 1] = maskBit | 127;
    writeUint32(target, at + 2, Math.floor(payloadBytes / 0x1_0000_0000));
    writeUint32(target, at + 6, payloadBytes >>> 0);
  }
  if (masked) writeUint32(target, end - 4, header.maskKey);
  return end;
}

function readInt32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! << 24) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 8) | bytes[at + 3]!;
}

function writeUint32(target: Uint8Array, at: number, value: number): void {
  target[at] = value >>> 24;
  target[at + 1] = value >>> 16;
  target[at + 2] = value >>> 8;
  target[at + 3] = value;
}
