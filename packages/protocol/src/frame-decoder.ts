// Decodes frames from chunks of bytes, and calls a sink for each of them.
import { type BytePool, HioloadError, type WebSocketFrame } from '@hioload/api';
import { DecodedFrame } from './decoded-frame.js';
import {
  emptyFrameHeader,
  HeaderFault,
  MAX_FRAME_HEADER_BYTES,
  readFrameHeader,
} from './frame-header.js';
import { GrowingBlock } from './growing-block.js';
import { prepareWideViews } from './wide-views.js';
import { applyMask } from './mask.js';
import { type ProtocolViolation, Violation } from './violation.js';

/**
 * The end of the connection: a server receives masked frames, a client receives frames without a
 * mask.
 */
export type Role = 'server' | 'client';

/**
 * The receiver of decoded frames. The decoder calls it in the order of the bytes. A violation that
 * a method returns fails the connection.
 */
export interface FrameSink {
  /** A whole frame has arrived. Frame and payload are valid until the call returns. */
  frame(frame: WebSocketFrame): ProtocolViolation | undefined;
  /**
   * The header of a frame has arrived, and its payload has not, or not all of it. The sink can
   * refuse the frame before any of it is kept. The payload of `frame` is empty.
   */
  header(frame: WebSocketFrame): ProtocolViolation | undefined;
  /**
   * The octets `start..end` of `frame.bytes` have arrived. Called for each piece of such a frame,
   * including the last one.
   */
  piece(frame: WebSocketFrame, start: number, end: number): ProtocolViolation | undefined;
}

/** What a decoder is built from. */
export interface FrameDecoderOptions {
  readonly role: Role;
  /**
   * Longest payload of a data frame, in bytes, 1 or more. The header of a longer frame is refused.
   */
  readonly maxFrameBytes: number;
  /**
   * Reserved bits (RSV1 is 4, RSV2 is 2, RSV3 is 1) that extensions claim on the first frame of a
   * message. Default: 0.
   */
  readonly reservedBits?: number;
  /**
   * The pool for frames that arrive in pieces. A frame that is longer than the largest block of the
   * pool gets no memory.
   */
  readonly pool: BytePool;
}

/**
 * The decoder is `Busy` while it calls the sink. If the sink throws, the decoder stays `Busy`, so
 * that nothing is parsed from the wrong place.
 */
const State = { Ready: 0, Busy: 1, Stopped: 2 } as const;
type State = (typeof State)[keyof typeof State];

const FIRST_CONTROL_OPCODE = 8;

/**
 * Decodes the frames of a connection (RFC 6455 section 5) from chunks of any size. It unmasks in
 * place and hands out ranges of the chunk itself. It copies only a frame that does not end in the
 * chunk in which it began, into a block of the pool that grows with the received bytes.
 *
 * The time is linear in the bytes. The decoder keeps at most twice the bytes that it received of
 * one frame, and `maxFrameBytes` limits those. No bytes make it throw.
 */
export class FrameDecoder {
  readonly #sink: FrameSink;
  readonly #masked: boolean;
  readonly #maxFrameBytes: number;
  readonly #reservedBits: number;
  readonly #header = emptyFrameHeader();
  readonly #frame = new DecodedFrame();
  /**
   * The payload that arrives in pieces, and the number of its received octets; -1 if there is none.
   */
  readonly #block: GrowingBlock;
  #received = -1;
  /**
   * A header whose end is missing. Made when the first header is cut, which never happens on many
   * connections.
   */
  #cutHeader: Uint8Array | undefined;
  #cutHeaderBytes = 0;
  #cutFrames = 0;
  #state: State = State.Ready;
  #violation: ProtocolViolation | undefined;

  /** @throws HIOLOAD_OPTION_INVALID */
  constructor(sink: FrameSink, options: FrameDecoderOptions) {
    const { role, maxFrameBytes, reservedBits = 0, pool } = options;
    if (!Number.isSafeInteger(maxFrameBytes) || maxFrameBytes < 1) {
      throw new HioloadError(
        'HIOLOAD_OPTION_INVALID',
        `maxFrameBytes must be a whole number from 1 to 2^53-1; got ${maxFrameBytes}`,
      );
    }
    if (!Number.isInteger(reservedBits) || reservedBits < 0 || reservedBits > 7) {
      throw new HioloadError(
        'HIOLOAD_OPTION_INVALID',
        `reservedBits must be a whole number from 0 to 7; got ${reservedBits}`,
      );
    }
    this.#sink = sink;
    this.#masked = role === 'server';
    this.#maxFrameBytes = maxFrameBytes;
    this.#reservedBits = reservedBits;
    this.#block = new GrowingBlock(pool);
  }

  /** The number of times that the end of a header or of a payload was missing. */
  get cutFrames(): number {
    return this.#cutFrames;
  }

  /** Whether the bytes so far end with a whole frame. */
  get isBetweenFrames(): boolean {
    return this.#received < 0 && this.#cutHeaderBytes === 0;
  }

  /**
   * Decodes `bytes[start..end)`, and changes them: payloads are unmasked where they lie.
   * @returns the violation that ended decoding, now or in an earlier call; undefined while there is
   * none. The decoder ignores all bytes after a violation or after `stop()`
   * @throws HIOLOAD_STATE if the sink calls it, or after the sink threw; also everything that the
   * sink throws
   */
  decode(bytes: Uint8Array, start: number, end: number): ProtocolViolation | undefined {
    if (this.#state !== State.Ready) return this.#refuse();
    this.#state = State.Busy;
    // A chunk may hold many short frames: with views, 64 octets take 20 ns to unmask instead of 50.
    if (this.#masked) prepareWideViews(bytes, end - start);
    let at = start;
    if (this.#cutHeaderBytes > 0) at = this.#resumeHeader(bytes, at, end);
    if (this.#received >= 0) at = this.#resumePayload(bytes, at, end);
    while (at < end && this.#state === State.Busy) {
      const headerBytes = readFrameHeader(bytes, at, end, this.#header);
      if (headerBytes > 0) {
        at = this.#payload(bytes, at + headerBytes, end);
      } else if (headerBytes === HeaderFault.Incomplete) {
        at = this.#cutOff(bytes, at, end);
      } else {
        this.#fail(headerViolation(headerBytes as HeaderFault));
      }
    }
    if (this.#state === State.Busy) this.#state = State.Ready;
    // An idle connection must not keep the chunk of its last frame alive.
    this.#frame.release();
    return this.#violation;
  }

  /** Takes the memory for later frames from another pool. Allowed between two frames. */
  drawFrom(pool: BytePool): void {
    this.#block.drawFrom(pool);
  }

  /** Ignores all later bytes and releases the borrowed block. Idempotent; the sink may call it. */
  stop(): void {
    this.#state = State.Stopped;
    this.#received = -1;
    this.#cutHeaderBytes = 0;
    this.#block.release();
  }

  #fail(violation: ProtocolViolation): void {
    this.#violation = violation;
    this.stop();
  }

  #refuse(): ProtocolViolation | undefined {
    if (this.#state === State.Stopped) return this.#violation;
    throw new HioloadError(
      'HIOLOAD_STATE',
      'decode() must not be called by the sink, or after the sink threw',
    );
  }

  /**
   * Decodes the payload that begins at `at`, after its header. Returns the beginning of the next
   * frame, or `end`.
   */
  #payload(bytes: Uint8Array, at: number, end: number): number {
    const header = this.#header;
    const violation = this.#judge();
    if (violation !== undefined) {
      this.#fail(violation);
      return end;
    }
    const frame = this.#frame;
    frame.fin = header.fin;
    frame.rsv = header.rsv;
    frame.opcode = header.opcode;
    frame.payloadBytes = header.payloadBytes;
    const next = at + header.payloadBytes;
    if (next > end) return this.#begin(bytes, at, end);
    frame.isAscii = header.masked && applyMask(bytes, at, next, header.maskKey) < 0x80;
    frame.bytes = bytes;
    frame.start = at;
    frame.end = next;
    const refused = this.#sink.frame(frame);
    if (refused !== undefined) this.#fail(refused);
    return next;
  }

  #judge(): ProtocolViolation | undefined {
    const { rsv, opcode, masked, payloadBytes } = this.#header;
    // Only the first frame of a message may have bits of extensions. Continuations and control
    // frames may not.
    if (rsv !== 0 && (rsv & ~(opcode === 1 || opcode === 2 ? this.#reservedBits : 0)) !== 0) {
      return Violation.ReservedBits;
    }
    if (masked !== this.#masked) return masked ? Violation.MaskForbidden : Violation.MaskMissing;
    // Control frames are always short, and a ping must pass even if the limit is small.
    if (payloadBytes > this.#maxFrameBytes && opcode < FIRST_CONTROL_OPCODE)
      return Violation.MessageTooBig;
    return undefined;
  }

  #deliverAssembled(): void {
    this.#received = -1;
    this.#frame.takeOver(this.#block);
    try {
      const violation = this.#sink.frame(this.#frame);
      if (violation !== undefined) this.#fail(violation);
    } finally {
      this.#frame.release();
    }
  }

  /** Begins a frame whose end is not in this chunk. */
  #begin(bytes: Uint8Array, at: number, end: number): number {
    const frame = this.#frame;
    frame.isAscii = this.#header.masked;
    frame.release();
    this.#received = 0;
    this.#cutFrames += 1;
    const violation = this.#sink.header(frame);
    if (violation !== undefined) this.#fail(violation);
    return this.#state === State.Busy ? this.#resumePayload(bytes, at, end) : end;
  }

  #resumePayload(bytes: Uint8Array, at: number, end: number): number {
    const { payloadBytes, masked, maskKey } = this.#header;
    const to = Math.min(end, at + payloadBytes - this.#received);
    if (to === at) return end;
    const frame = this.#frame;
    const block = this.#block;
    if (!block.reserve(to - at, payloadBytes)) {
      this.#fail(Violation.PoolExhausted);
      return end;
    }
    if (masked && applyMask(bytes, at, to, maskKey, this.#received) >= 0x80) frame.isAscii = false;
    block.append(bytes, at, to);
    this.#received += to - at;
    frame.showPart(block);
    const violation = this.#sink.piece(frame, block.end - (to - at), block.end);
    if (violation !== undefined) this.#fail(violation);
    if (this.#received === payloadBytes && this.#state === State.Busy) this.#deliverAssembled();
    return to;
  }

  /** Keeps the first part of a header that continues in the next chunk. */
  #cutOff(bytes: Uint8Array, at: number, end: number): number {
    this.#cutFrames += 1;
    const kept = (this.#cutHeader ??= new Uint8Array(MAX_FRAME_HEADER_BYTES));
    for (let from = at; from < end; from++) kept[this.#cutHeaderBytes++] = bytes[from]!;
    return end;
  }

  /**
   * Adds octets to a cut header until it is whole. There are at most 13 of them, so it costs
   * nothing to parse the header again each time.
   */
  #resumeHeader(bytes: Uint8Array, start: number, end: number): number {
    const kept = this.#cutHeader!;
    for (let at = start; at < end;) {
      kept[this.#cutHeaderBytes++] = bytes[at++]!;
      const headerBytes = readFrameHeader(kept, 0, this.#cutHeaderBytes, this.#header);
      if (headerBytes === HeaderFault.Incomplete) continue;
      this.#cutHeaderBytes = 0;
      if (headerBytes > 0) return this.#payload(bytes, at, end);
      this.#fail(headerViolation(headerBytes as HeaderFault));
      break;
    }
    return end;
  }
}

function headerViolation(fault: HeaderFault): ProtocolViolation {
  switch (fault) {
    case HeaderFault.ReservedOpcode:
      return Violation.ReservedOpcode;
    case HeaderFault.ControlFragmented:
      return Violation.ControlFragmented;
    case HeaderFault.ControlTooLong:
      return Violation.ControlTooLong;
    case HeaderFault.LengthNotMinimal:
      return Violation.LengthNotMinimal;
    case HeaderFault.LengthTopBitSet:
      return Violation.LengthTopBitSet;
    case HeaderFault.Incomplete:
      throw new HioloadError('HIOLOAD_STATE', 'an incomplete header is not a violation');
  }
}
