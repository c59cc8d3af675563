// Encodes frames, and gathers the frames of one turn for one write.
import {
  assertSendableClose,
  type BytePool,
  CloseCode,
  ExtensionOutcome,
  type ExtensionSession,
} from '@hioload/api';
import { assertControlPayload } from './control.js';
import { copyBytes } from './copy-bytes.js';
import type { Role } from './frame-decoder.js';
import { emptyFrameHeader, frameHeaderBytes, Opcode, writeFrameHeader } from './frame-header.js';
import { GrowingBlock } from './growing-block.js';
import { prepareWideViews } from './wide-views.js';
import { applyMask } from './mask.js';
import { nextMaskKey } from './mask-keys.js';
import { writeText } from './text.js';

/** What an encoder is built from. */
export interface FrameEncoderOptions {
  /** A client masks what it sends, a server does not (RFC 6455 section 5.1). */
  readonly role: Role;
  /** The pool for the outgoing bytes. */
  readonly pool: BytePool;
  /** The extension that both sides agreed on. */
  readonly extension?: ExtensionSession | undefined;
}

/**
 * Encoded frames in a block of the pool, `bytes[start..end)`. The receiver must release the block.
 */
export interface EncodedFrames {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly end: number;
  release(): void;
}

/** Most octets of UTF-8 for one unit of UTF-16. */
const MAX_BYTES_PER_UNIT = 3;
/**
 * The longest text, in units of UTF-16, that is written behind a header whose size is a guess: the
 * guess is that the text is ASCII. If the text needs a longer header, the encoder moves the text.
 * To compute the length first would take half as long as the writing.
 */
const MAX_GUESSED_UNITS = 1_024;
const NO_PAYLOAD = new Uint8Array(0);

/**
 * Encodes messages as frames, one after the other in one block, so that all frames of a turn need
 * one write. The encoder copies each message; the caller may reuse its bytes when the call returns.
 *
 * Methods that add a frame return false if the pool has no memory left. Then nothing was added.
 */
export class FrameEncoder {
  readonly #isMasked: boolean;
  readonly #extension: ExtensionSession | undefined;
  readonly #out: GrowingBlock;
  readonly #encoded: GrowingBlock;
  readonly #header = emptyFrameHeader();

  constructor(options: FrameEncoderOptions) {
    this.#isMasked = options.role === 'client';
    this.#extension = options.extension;
    this.#out = new GrowingBlock(options.pool);
    this.#encoded = new GrowingBlock(options.pool);
    this.#header.masked = this.#isMasked;
  }

  /** Encoded bytes that wait to be flushed or taken. */
  get pendingBytes(): number {
    return this.#out.byteLength;
  }

  /** Takes the memory for later frames from another pool. Allowed while nothing waits. */
  drawFrom(pool: BytePool): void {
    this.#out.drawFrom(pool);
    this.#encoded.drawFrom(pool);
  }

  /** Adds `bytes[start..end)` as one message of one frame; a text has to be UTF-8. */
  message(bytes: Uint8Array, start: number, end: number, isBinary: boolean): boolean {
    const opcode = isBinary ? Opcode.Binary : Opcode.Text;
    if (this.#extension !== undefined)
      return this.#extended(this.#extension, opcode, bytes, start, end);
    return this.frame(true, 0, opcode, bytes, start, end);
  }

  /** Adds a text message; a surrogate without its partner goes out as U+FFFD. */
  text(text: string): boolean {
    if (this.#extension !== undefined) {
      const bytes = Buffer.from(text);
      return this.#extended(this.#extension, Opcode.Text, bytes, 0, bytes.length);
    }
    const units = text.length;
    const most = units <= MAX_GUESSED_UNITS ? units * MAX_BYTES_PER_UNIT : Buffer.byteLength(text);
    if (!this.#out.reserve(frameHeaderBytes(most, this.#isMasked) + most, Infinity)) return false;
    const { bytes } = this.#out;
    const guessedBytes = frameHeaderBytes(
      units <= MAX_GUESSED_UNITS ? units : most,
      this.#isMasked,
    );
    let at = this.#out.end + guessedBytes;
    let end = writeText(text, bytes, at, most);
    const lackingBytes = frameHeaderBytes(end - at, this.#isMasked) - guessedBytes;
    if (lackingBytes > 0) {
      bytes.copyWithin(at + lackingBytes, at, end);
      at += lackingBytes;
      end += lackingBytes;
    }
    this.#finish(true, 0, Opcode.Text, at, end);
    return true;
  }

  /**
   * Adds one frame with the given fields: for fragments, and for your own protocols and extensions.
   * @param rsv RSV1 is 4, RSV2 is 2, RSV3 is 1 @param opcode 0..15
   */
  frame(
    fin: boolean,
    rsv: number,
    opcode: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    const payloadBytes = end - start;
    const headerBytes = frameHeaderBytes(payloadBytes, this.#isMasked);
    if (!this.#out.reserve(headerBytes + payloadBytes, Infinity)) return false;
    const at = this.#out.end + headerBytes;
    copyBytes(bytes, start, end, this.#out.bytes, at);
    this.#finish(fin, rsv, opcode, at, at + payloadBytes);
    return true;
  }

  /** @throws HIOLOAD_CONTROL_PAYLOAD_TOO_LONG above 125 bytes */
  ping(bytes: Uint8Array = NO_PAYLOAD, start = 0, end: number = bytes.length): boolean {
    assertControlPayload(end - start);
    return this.frame(true, 0, Opcode.Ping, bytes, start, end);
  }

  /** @throws HIOLOAD_CONTROL_PAYLOAD_TOO_LONG above 125 bytes */
  pong(bytes: Uint8Array = NO_PAYLOAD, start = 0, end: number = bytes.length): boolean {
    assertControlPayload(end - start);
    return this.frame(true, 0, Opcode.Pong, bytes, start, end);
  }

  /**
   * Adds a close frame. @param code 1005 for a frame without a code
   * @throws HIOLOAD_CLOSE_CODE_INVALID, HIOLOAD_CLOSE_REASON_TOO_LONG, HIOLOAD_OPTION_INVALID
   */
  close(code: number = CloseCode.NoStatus, reason = ''): boolean {
    if (code === CloseCode.NoStatus && reason === '')
      return this.frame(true, 0, Opcode.Close, NO_PAYLOAD, 0, 0);
    assertSendableClose(code, reason);
    const payload = Buffer.from(`\0\0${reason}`);
    payload.writeUInt16BE(code);
    return this.frame(true, 0, Opcode.Close, payload, 0, payload.length);
  }

  /**
   * Adds frames that another encoder of the same role and extension has encoded: one message for
   * many receivers.
   */
  append(encoded: EncodedFrames): boolean {
    if (!this.#out.reserve(encoded.end - encoded.start, Infinity)) return false;
    this.#out.append(encoded.bytes, encoded.start, encoded.end);
    return true;
  }

  /**
   * Hands all waiting frames to `write` in one range, which is valid until `write` returns, and
   * empties the encoder.
   */
  flush(write: (bytes: Uint8Array, start: number, end: number) => void): void {
    const { bytes, start, end } = this.#out;
    const lease = this.#out.take();
    if (lease === undefined) return;
    try {
      if (end > start) write(bytes, start, end);
    } finally {
      lease.release();
    }
  }

  /**
   * Takes all waiting frames out, for a write that ends later or for many receivers. Returns
   * undefined if nothing waits.
   */
  take(): EncodedFrames | undefined {
    const { bytes, start, end } = this.#out;
    const lease = this.#out.take();
    if (lease === undefined || end > start)
      return lease && { bytes, start, end, release: () => lease.release() };
    lease.release();
    return undefined;
  }

  /** Drops what waits and gives back what was borrowed. Idempotent. */
  release(): void {
    this.#out.release();
  }

  #extended(
    extension: ExtensionSession,
    opcode: number,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): boolean {
    const encoded = this.#encoded;
    const outcome = extension.encode(bytes, start, end, encoded);
    let isAdded = false;
    if (outcome === ExtensionOutcome.Unchanged)
      isAdded = this.frame(true, 0, opcode, bytes, start, end);
    else if (outcome === ExtensionOutcome.Done) {
      isAdded = this.frame(
        true,
        extension.reservedBits,
        opcode,
        encoded.bytes,
        encoded.start,
        encoded.end,
      );
    }
    encoded.release();
    return isAdded;
  }

  /** Writes the header before a payload that lies at its place, masks it and counts both in. */
  #finish(fin: boolean, rsv: number, opcode: number, at: number, end: number): void {
    const { bytes } = this.#out;
    const start = this.#out.end;
    if (!this.#isMasked && end - at < 126) {
      // Most messages have a header of these two octets. This path takes half the time of the
      // general one.
      bytes[start] = (fin ? 0x80 : 0) | (rsv << 4) | opcode;
      bytes[start + 1] = end - at;
      this.#out.advance(end - start);
      return;
    }
    const header = this.#header;
    header.fin = fin;
    header.rsv = rsv;
    header.opcode = opcode;
    header.payloadBytes = end - at;
    if (this.#isMasked) {
      header.maskKey = nextMaskKey();
      prepareWideViews(bytes, bytes.length);
      applyMask(bytes, at, end, header.maskKey);
    }
    writeFrameHeader(header, bytes, start);
    this.#out.advance(end - start);
  }
}
