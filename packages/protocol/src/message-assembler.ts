// Assembles messages from frames, and checks the rules between frames.
import {
  type BytePool,
  ExtensionOutcome,
  type ExtensionSession,
  HioloadError,
  type WebSocketFrame,
} from '@hioload/api';
import { readClose } from './close.js';
import type { FrameSink } from './frame-decoder.js';
import { Opcode } from './frame-header.js';
import { GrowingBlock } from './growing-block.js';
import { Utf8Validator } from './utf8-validator.js';
import { type ProtocolViolation, Violation } from './violation.js';

/** Whom an assembler calls, in the order of the frames. Bytes are valid until the call returns. */
export interface MessageSink {
  /** A message, as a whole; a text is UTF-8. */
  message(bytes: Uint8Array, start: number, end: number, isBinary: boolean): void;
  ping(bytes: Uint8Array, start: number, end: number): void;
  pong(bytes: Uint8Array, start: number, end: number): void;
  /** The close frame of the peer. Without a code the code is 1005. */
  close(code: number, reason: string): void;
}

/** The limits of messages. */
export interface MessageLimits {
  /**
   * Longest message, in bytes, once an extension has decoded it; from 1 on. Before, it may have
   * {@link mostEncodedBytes}.
   */
  readonly maxMessageBytes: number;
  /** Most frames of one message, empty ones included; from 1 on. */
  readonly maxFragments: number;
  /**
   * How long a message may take from its first frame to its last one, in milliseconds; 0 for as
   * long as it likes.
   */
  readonly assemblyMs: number;
}

/** What an assembler is built from. */
export interface MessageAssemblerOptions extends MessageLimits {
  readonly pool: BytePool;
  /** The extension that was agreed upon. */
  readonly extension?: ExtensionSession | undefined;
  /**
   * Milliseconds, never going back; a coarse clock will do. Asked once for each message that does
   * not come in one piece.
   */
  now(): number;
  /**
   * Told of the close frame of the peer before the sink is, so that what follows is no longer read.
   */
  closed?(): void;
}

const NO_MESSAGE = 0;

/**
 * How many octets a message of the longest size may come in: DEFLATE makes longer what it cannot
 * make shorter, by five octets a block, of which zlib makes as small ones as 127 octets.
 */
export function mostEncodedBytes(maxMessageBytes: number): number {
  return maxMessageBytes + Math.floor(maxMessageBytes / 16) + 64;
}

/**
 * Puts frames together to messages (RFC 6455 section 5.4). A message of one frame that came whole
 * is passed on where it lies; others are gathered in a block of the pool, which holds at most twice
 * what arrived. Text is validated as it comes.
 */
export class MessageAssembler implements FrameSink {
  readonly #sink: MessageSink;
  readonly #extension: ExtensionSession | undefined;
  readonly #options: MessageAssemblerOptions;
  readonly #block: GrowingBlock;
  readonly #text = new Utf8Validator();
  /** The opcode of the message in progress. */
  #opcode: number = NO_MESSAGE;
  #isEncoded = false;
  #fragments = 0;
  #bytes = 0;
  #startedAtMs = 0;
  /**
   * Whether the frame at hand was announced by its header, and its text has been validated piece by
   * piece.
   */
  #wasAnnounced = false;

  /** @throws HIOLOAD_OPTION_INVALID */
  constructor(sink: MessageSink, options: MessageAssemblerOptions) {
    requireWhole('maxMessageBytes', options.maxMessageBytes, 1);
    requireWhole('maxFragments', options.maxFragments, 1);
    requireWhole('assemblyMs', options.assemblyMs, 0);
    this.#sink = sink;
    this.#options = options;
    this.#extension = options.extension;
    this.#block = new GrowingBlock(options.pool);
  }

  /** Whether no message is in progress. */
  get isBetweenMessages(): boolean {
    return this.#opcode === NO_MESSAGE;
  }

  /**
   * Whether the message in progress, if there is one, has taken too long. For the owner to ask now
   * and then.
   */
  overdue(nowMs: number): ProtocolViolation | undefined {
    const { assemblyMs } = this.#options;
    const isLate =
      assemblyMs > 0 && this.#opcode !== NO_MESSAGE && nowMs - this.#startedAtMs >= assemblyMs;
    return isLate ? Violation.MessageTooSlow : undefined;
  }

  /**
   * Drops the message in progress and gives back what was borrowed. Idempotent; the sink may call
   * it.
   */
  release(): void {
    this.#opcode = NO_MESSAGE;
    this.#block.release();
  }

  header(frame: WebSocketFrame): ProtocolViolation | undefined {
    if (frame.opcode >= Opcode.Close) return undefined;
    this.#wasAnnounced = true;
    return this.#admit(frame);
  }

  piece(frame: WebSocketFrame, start: number, end: number): ProtocolViolation | undefined {
    // Between the pieces of a frame there is no other frame: what is announced is what comes.
    if (frame.opcode >= Opcode.Close || this.#opcode !== Opcode.Text || this.#isEncoded)
      return undefined;
    return this.#text.push(frame.bytes, start, end) ? undefined : Violation.TextNotUtf8;
  }

  frame(frame: WebSocketFrame): ProtocolViolation | undefined {
    const { opcode } = frame;
    if (opcode >= Opcode.Close) return this.#control(frame);
    // Most messages are one frame that came whole: no state is touched.
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
    this.#sink.message(bytes, start, end, isBinary);
    return undefined;
  }

  /** Judges a data frame by its header and what came before. */
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
    const outcome = this.#extension!.decode(
      frame.bytes,
      frame.start,
      frame.end,
      frame.fin,
      block,
      maxMessageBytes,
    );
    if (outcome !== ExtensionOutcome.Done) return DECODE_VIOLATIONS[outcome];
    if (
      this.#opcode === Opcode.Text &&
      !this.#text.push(block.bytes, block.start + known, block.end)
    ) {
      return Violation.TextNotUtf8;
    }
    return frame.fin ? this.#finishGathered() : undefined;
  }

  #finishGathered(): ProtocolViolation | undefined {
    const { bytes, start, end } = this.#block;
    // Taken out of the block first, so that whoever lets go of the connection in the sink does not
    // take it away.
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
    this.#sink.message(bytes, start, end, isBinary);
    return undefined;
  }

  #control(frame: WebSocketFrame): ProtocolViolation | undefined {
    const { opcode, bytes, start, end } = frame;
    if (opcode === Opcode.Ping) this.#sink.ping(bytes, start, end);
    else if (opcode === Opcode.Pong) this.#sink.pong(bytes, start, end);
    else {
      const close = readClose(bytes, start, end);
      if (!close.ok) return close.violation;
      this.#options.closed?.();
      this.#sink.close(close.code, close.reason);
    }
    return undefined;
  }
}

const DECODE_VIOLATIONS: Readonly<Record<Exclude<ExtensionOutcome, 'done'>, ProtocolViolation>> = {
  [ExtensionOutcome.Invalid]: Violation.NotDecodable,
  [ExtensionOutcome.TooBig]: Violation.MessageTooBig,
  [ExtensionOutcome.OutOfMemory]: Violation.PoolExhausted,
  // An extension that leaves a marked message as it is has not decoded it.
  [ExtensionOutcome.Unchanged]: Violation.NotDecodable,
};

function requireWhole(name: string, value: number, least: number): void {
  if (Number.isSafeInteger(value) && value >= least) return;
  throw new HioloadError(
    'HIOLOAD_OPTION_INVALID',
    `${name} is ${value}; allowed is ${least}..2^53-1`,
  );
}
