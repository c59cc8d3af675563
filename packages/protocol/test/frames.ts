// Test support: writes frames, cuts bytes into chunks, and records decoded frames.
import type { WebSocketFrame } from '@hioload/api';
import {
  applyMask,
  type FrameSink,
  MAX_FRAME_HEADER_BYTES,
  type ProtocolViolation,
  writeFrameHeader,
} from '../src/index.js';

/** The parts of a frame. The payload is text, or hex with a leading `0x`. */
export interface FrameSpec {
  readonly opcode?: number;
  readonly fin?: boolean;
  readonly rsv?: number;
  readonly maskKey?: number;
  readonly payload?: string | Uint8Array;
}

export function bytesOf(payload: string | Uint8Array): Buffer {
  if (typeof payload !== 'string') return Buffer.from(payload);
  return payload.startsWith('0x') ? Buffer.from(payload.slice(2), 'hex') : Buffer.from(payload);
}

/**
 * Writes a frame with the header writer, whose own tests compare it with the standard. The frame is
 * masked if there is a key.
 */
export function encodeFrame({
  opcode = 1,
  fin = true,
  rsv = 0,
  maskKey,
  payload = '',
}: FrameSpec): Buffer {
  const content = bytesOf(payload);
  const header = {
    fin,
    rsv,
    opcode,
    masked: maskKey !== undefined,
    maskKey: maskKey ?? 0,
    payloadBytes: content.length,
  };
  const target = Buffer.alloc(MAX_FRAME_HEADER_BYTES + content.length);
  const at = writeFrameHeader(header, target, 0);
  content.copy(target, at);
  if (maskKey !== undefined) applyMask(target, at, at + content.length, maskKey);
  return target.subarray(0, at + content.length);
}

/**
 * Records each whole frame as `opcode/fin/rsv:payload in hex`, and checks that its pieces add up to
 * it.
 */
export class FrameRecorder implements FrameSink {
  readonly frames: string[] = [];
  readonly headers: string[] = [];
  #pieces: string | undefined;

  header(frame: WebSocketFrame): ProtocolViolation | undefined {
    this.headers.push(`${frame.opcode}/${frame.fin ? 1 : 0}/${frame.rsv}:${frame.payloadBytes}`);
    if (this.#pieces !== undefined) throw new Error('a header inside of a frame');
    if (frame.end !== frame.start) throw new Error('a payload beside a header');
    this.#pieces = '';
    return undefined;
  }

  piece(frame: WebSocketFrame, start: number, end: number): ProtocolViolation | undefined {
    if (this.#pieces === undefined) throw new Error('a piece without a header');
    if (end !== frame.end || start >= end)
      throw new Error(`piece ${start}..${end} of ${frame.start}..${frame.end}`);
    this.#pieces += Buffer.from(frame.bytes.subarray(start, end)).toString('hex');
    return undefined;
  }

  frame(frame: WebSocketFrame): ProtocolViolation | undefined {
    const payload = Buffer.from(frame.bytes.subarray(frame.start, frame.end));
    if (payload.length !== frame.payloadBytes)
      throw new Error(`${payload.length} of ${frame.payloadBytes} bytes`);
    if (this.#pieces !== undefined && this.#pieces !== payload.toString('hex'))
      throw new Error('pieces do not add up');
    if (frame.isAscii && payload.some((octet) => octet >= 0x80))
      throw new Error('taken for ASCII, and is not');
    this.#pieces = undefined;
    this.frames.push(
      `${frame.opcode}/${frame.fin ? 1 : 0}/${frame.rsv}:${payload.toString('hex')}`,
    );
    return undefined;
  }
}

/**
 * Cuts `bytes` at the given places, each a fraction of the length from 0 to 1. Every chunk is a
 * copy.
 */
export function cut(bytes: Uint8Array, fractions: readonly number[]): Buffer[] {
  const places = [
    ...fractions.map((fraction) => Math.floor(fraction * bytes.length)),
    bytes.length,
  ].sort((a, b) => a - b);
  let from = 0;
  return places.map((to) => {
    const chunk = Buffer.from(bytes.subarray(from, to));
    from = to;
    return chunk;
  });
}
