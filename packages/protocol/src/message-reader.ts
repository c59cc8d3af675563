/* The receiving half of a connection: bytes in, messages out. */
import {
  type BytePool,
  ExtensionOutcome,
  type ExtensionSession,
  HioloadError,
  type WebSocketFrame,
} from '@hioload/api';
import { readClose } from './close.js';
import { FrameDecoder, type FrameSink, type Role } from './frame-decoder.js';
import { Opcode } from './frame-header.js';
import { GrowingBlock } from './growing-block.js';
import { Utf8Validator } from './utf8-validator.js';
import { type ProtocolViolation, Violation } from './violation.js';

/**
 * The receiver of messages. The reader calls it in the order of the frames. The bytes of a call are
 * valid until the call returns.
 */
export interface MessageSink {
  /** A whole message came. A text is valid UTF-8. */
  message(bytes: Uint8Array, start: number, end: number, isBinary: boolean): void;
  ping(bytes: Uint8Array, start: number, end: number): void;
  pong(bytes: Uint8Array, start: number, end: number): void;
  /** The close frame of the peer came. The code is 1005 where the frame has none. */
  close(code: number, reason: string): void;
}

/** The limits of messages. */
export interface MessageLimits {
  /**
   * The longest message in bytes, after an extension has decoded it; 1 or more. Before that, an
   * encoded message may be longer by a sixteenth and 64 bytes.
   */
  readonly maxMessageBytes: number;
  /** The most frames of one message, empty frames included; 1 or more. */
  readonly maxFragments: number;
  /** The most milliseconds from the first frame of a message to its last; 0 for no limit. */
  readonly assemblyMs: number;
}

/** The parts of a reader. */
export interface MessageReaderOptions extends MessageLimits {
  readonly role: Role;
  readonly pool: BytePool;
  /** The extension that both sides agreed to, if there is one. */
  readonly extension?: ExtensionSession | undefined;
  /**
   * Milliseconds that never go back; a coarse clock is enough. The reader asks once for each
   * message that does not come in one piece.
   */
  now(): number;
}

const NO_MESSAGE = 0;

/**
 * The most octets that an encoded message of the longest size may have. If DEFLATE cannot make
 * data shorter, it adds five octets to each block. The smallest blocks of zlib have 127 octets.
 */
function mostEncodedBytes(maxMessageBytes: number): number {
  return maxMessageBytes + Math.floor(maxMessageBytes / 16) + 64;
}

/**
 * Reads the bytes of a connection and puts frames together to messages (RFC 6455 section 5.4). A
 * message of one frame that came whole is passed on where it lies. Other messages are gathered in a
 * block of the pool, which holds at most twice the octets that arrived. Text is validated as it
 * comes.
 *
 * A reader without an extension may serve one connection after another: see {@link isAtRest} and
 * {@link attach}.
 */
export class MessageReader implements FrameSink {
  readonly #decoder: FrameDecoder;
  readonly #extension: ExtensionSession | undefined;
  readonly #options: MessageReaderOptions;
  readonly #block: GrowingBlock;
  readonly #text = new Utf8Validator();
  #sink: MessageSink | null;
  /** The opcode of the message in progress. */
  #opcode: number = NO_MESSAGE;
  #isEncoded = false;
  #fragments = 0;
  #bytes = 0;
  #startedAtMs = 0;
  /** The cut frame that the last look found, by its number. */
  #waitsFor = 0;
  /**
   * Whether the decoder announced the current frame by its header. The text of such a frame has
   * been validated piece by piece.
   */
  #wasAnnounced = false;

  /**
   * @param sink null where {@link attach} comes before the first `read`
   * @throws HIOLOAD_OPTION_INVALID
   */
  constructor(sink: MessageSink | null, options: MessageReaderOptions) {
    const { role, maxMessageBytes, maxFragments, assemblyMs, extension, pool } = options;
    requireWhole('maxMessageBytes', maxMessageBytes, 1);
    requireWhole('maxFragments', maxFragments, 1);
    requireWhole('assemblyMs', assemblyMs, 0);
    this.#sink = sink;
    this.#options = options;
    this.#extension = extension;
    this.#block = new GrowingBlock(pool);
    this.#decoder = new FrameDecoder(this, {
      role,
      maxFrameBytes: extension === undefined ? maxMessageBytes : mostEncodedBytes(maxMessageBytes),
      reservedBits: extension?.reservedBits ?? 0,
      pool,
    });
  }

  /**
   * Gives the reader another sink. With null the reader refers to nobody, so that a reader in a
   * pool keeps no connection alive. Allowed while the reader is at rest.
   * @param pool lends the memory for the messages of this sink. Default: the pool of the options
   */
  attach(sink: MessageSink | null, pool: BytePool = this.#options.pool): void {
    this.#sink = sink;
    this.#block.drawFrom(pool);
    this.#decoder.drawFrom(pool);
  }

  /**
   * Reads `bytes[start..end)` and changes these bytes: payloads are unmasked where they lie. Bytes
   * behind a violation, a close frame or `stop()` are ignored.
   * @returns the violation that ended the reading, in this call and in every later one; undefined
   * while there is none
   * @throws HIOLOAD_STATE where the sink calls it, or after the sink has thrown; an error of the
   * sink
   */
  read(bytes: Uint8Array, start: number, end: number): ProtocolViolation | undefined {
    const violation = this.#decoder.decode(bytes, start, end);
    if (violation !== undefined) this.#dropMessage();
    return violation;
  }

  /**
   * Whether the bytes so far end with a whole message. Only then the reader can go on with the
   * bytes of another connection.
   */
  get isAtRest(): boolean {
    return this.#decoder.isBetweenFrames && this.#opcode === NO_MESSAGE;
  }

  /**
   * Tells whether the message in progress takes too long, or has lost its memory to others. The
   * owner asks now and then, because the reader has no timer.
   */
  overdue(nowMs: number): ProtocolViolation | undefined {
    if (this.#extension?.isLost === true) return Violation.PoolExhausted;
    const { assemblyMs } = this.#options;
    if (assemblyMs === 0) return undefined;
    if (this.#opcode === NO_MESSAGE && !this.#isFrameWaiting(nowMs)) return undefined;
    return nowMs - this.#startedAtMs >= assemblyMs ? Violation.MessageTooSlow : undefined;
  }

  /**
   * Whether a header or a control frame has begun and not ended. Its time counts from the first
   * look that finds it.
   */
  #isFrameWaiting(nowMs: number): boolean {
    const { isBetweenFrames, cutFrames } = this.#decoder;
    if (isBetweenFrames) return false;
    if (cutFrames !== this.#waitsFor) {
      this.#waitsFor = cutFrames;
      this.#startedAtMs = nowMs;
    }
    return true;
  }

  /**
   * Ignores all later bytes and gives back borrowed memory. The sink may call it; a second call
   * does nothing.
   */
  stop(): void {
    this.#decoder.stop();
    this.#dropMessage();
  }

  /** For the decoder: the header of a frame came without all of its payload. */
  header(frame: WebSocketFrame): ProtocolViolation | undefined {
    if (frame.opcode >= Opcode.Close) return undefined;
    this.#wasAnnounced = true;
    return this.#admit(frame);
  }

  /** For the decoder: a piece of an announced frame came. */
  piece(frame: WebSocketFrame, start: number, end: number): ProtocolViolation | undefined {
    // No other frame comes between the pieces of a frame, so the piece belongs to the announced
    // one.
    if (frame.opcode >= Opcode.Close || this.#opcode !== Opcode.Text || this.#isEncoded)
      return undefined;
    return this.#text.push(frame.bytes, start, end) ? undefined : Violation.TextNotUtf8;
  }

  /** For the decoder: a whole frame came. */
  frame(frame: WebSocketFrame): ProtocolViolation | undefined {
    const { opcode } = frame;
    if (opcode >= Opcode.Close) return this.#control(frame);
    // Most messages are one frame that came whole. They change no state of the reader.
    if (
      frame.fin &&
      this.#opcode === NO_MESSAGE &&
      opcode !== Opcode.Continuation &&
      frame.rsv === 0
    ) {
      return this.#single(frame);
    }
    const wasAnnounced = this.#wasAnnounced;
    this.#wasAnnounced = false;
    if (!wasAnnounced) {
      const violation = this.#admit(frame);
      if (violation !== undefined) return violation;
    }
    if (this.#isEncoded) return this.#addEncoded(frame);
    if (
      this.#opcode === Opcode.Text &&
      !wasAnnounced &&
      !this.#text.push(frame.bytes, frame.start, frame.end)
    ) {
      return Violation.TextNotUtf8;
    }
    if (frame.fin && this.#fragments === 1)
      return this.#finish(frame.bytes, frame.start, frame.end);
    if (!this.#block.reserve(frame.end - frame.start, this.#options.maxMessageBytes))
      return Violation.PoolExhausted;
    this.#block.append(frame.bytes, frame.start, frame.end);
    return frame.fin ? this.#finishGathered() : undefined;
  }

  #single(frame: WebSocketFrame): ProtocolViolation | undefined {
    const { bytes, start, end } = frame;
    if (end - start > this.#options.maxMessageBytes) return Violation.MessageTooBig;
    const isBinary = frame.opcode === Opcode.Binary;
    if (!isBinary && !frame.isAscii) {
      this.#text.reset();
      if (!this.#text.push(bytes, start, end) || !this.#text.isComplete)
        return Violation.TextNotUtf8;
    }
    this.#sink!.message(bytes, start, end, isBinary);
    return undefined;
  }

  /** Judges a data frame by its header and by the frames before it. */
  #admit(frame: WebSocketFrame): ProtocolViolation | undefined {
    if (frame.opcode === Opcode.Continuation) {
      if (this.#opcode === NO_MESSAGE) return Violation.ContinuationOfNothing;
    } else {
      if (this.#opcode !== NO_MESSAGE) return Violation.MessageInsideMessage;
      this.#opcode = frame.opcode;
      this.#isEncoded = frame.rsv !== 0;
      this.#fragments = this.#bytes = 0;
      this.#startedAtMs = this.#options.now();
      this.#text.reset();
    }
    this.#bytes += frame.payloadBytes;
    this.#fragments += 1;
    const { maxMessageBytes } = this.#options;
    const most = this.#isEncoded ? mostEncodedBytes(maxMessageBytes) : maxMessageBytes;
    if (this.#bytes > most) return Violation.MessageTooBig;
    return this.#fragments > this.#options.maxFragments ? Violation.TooManyFragments : undefined;
  }

  #addEncoded(frame: WebSocketFrame): ProtocolViolation | undefined {
    const block = this.#block;
    const known = block.byteLength;
    const { maxMessageBytes } = this.#options;
    const { bytes, start, end, fin } = frame;
    const outcome = this.#extension!.decode(bytes, start, end, fin, block, maxMessageBytes);
    if (outcome !== ExtensionOutcome.Done) return DECODE_VIOLATIONS[outcome];
    if (
      this.#opcode === Opcode.Text &&
      !this.#text.push(block.bytes, block.start + known, block.end)
    ) {
      return Violation.TextNotUtf8;
    }
    return fin ? this.#finishGathered() : undefined;
  }

  #finishGathered(): ProtocolViolation | undefined {
    const { bytes, start, end } = this.#block;
    // The message leaves the block first, so that a sink that stops the reader does not release the
    // memory of the message.
    const lease = this.#block.take();
    try {
      return this.#finish(bytes, start, end);
    } finally {
      lease?.release();
    }
  }

  #finish(bytes: Uint8Array, start: number, end: number): ProtocolViolation | undefined {
    const isBinary = this.#opcode === Opcode.Binary;
    this.#opcode = NO_MESSAGE;
    if (!isBinary && !this.#text.isComplete) return Violation.TextNotUtf8;
    this.#sink!.message(bytes, start, end, isBinary);
    return undefined;
  }

  #control(frame: WebSocketFrame): ProtocolViolation | undefined {
    const { opcode, bytes, start, end } = frame;
    const sink = this.#sink!;
    if (opcode === Opcode.Ping) sink.ping(bytes, start, end);
    else if (opcode === Opcode.Pong) sink.pong(bytes, start, end);
    else {
      const close = readClose(bytes, start, end);
      if (!close.ok) return close.violation;
      // Bytes behind a close frame are not read (RFC 6455 section 5.5.1).
      this.stop();
      sink.close(close.code, close.reason);
    }
    return undefined;
  }

  /** Drops the message in progress and gives back its memory. */
  #dropMessage(): void {
    this.#opcode = NO_MESSAGE;
    this.#block.release();
  }
}

const DECODE_VIOLATIONS: Readonly<Record<Exclude<ExtensionOutcome, 'done'>, ProtocolViolation>> = {
  [ExtensionOutcome.Invalid]: Violation.NotDecodable,
  [ExtensionOutcome.TooBig]: Violation.MessageTooBig,
  [ExtensionOutcome.OutOfMemory]: Violation.PoolExhausted,
  // An extension that leaves a marked message unchanged has not decoded the message.
  [ExtensionOutcome.Unchanged]: Violation.NotDecodable,
};

function requireWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new HioloadError(
    'HIOLOAD_OPTION_INVALID',
    `${name} must be a whole number from ${least} to 2^53-1; got ${value}`,
  );
}
