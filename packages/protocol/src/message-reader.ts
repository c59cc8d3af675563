// The receiving half of a connection: bytes go in, messages come out.
import { FrameDecoder, type Role } from './frame-decoder.js';
import {
  MessageAssembler,
  type MessageAssemblerOptions,
  type MessageSink,
  mostEncodedBytes,
} from './message-assembler.js';
import type { ProtocolViolation } from './violation.js';

/** What a reader is built from. */
export interface MessageReaderOptions extends Omit<MessageAssemblerOptions, 'closed'> {
  readonly role: Role;
}

/**
 * The receiving half of a connection: bytes in, messages out. A frame decoder and a message
 * assembler, put together.
 */
export class MessageReader {
  readonly #decoder: FrameDecoder;
  readonly #assembler: MessageAssembler;

  /** @throws HIOLOAD_OPTION_INVALID */
  constructor(sink: MessageSink, options: MessageReaderOptions) {
    const { maxMessageBytes, extension } = options;
    // What follows a close frame is not looked at (RFC 6455 section 5.5.1).
    this.#assembler = new MessageAssembler(sink, { ...options, closed: () => this.stop() });
    this.#decoder = new FrameDecoder(this.#assembler, {
      role: options.role,
      maxFrameBytes: extension === undefined ? maxMessageBytes : mostEncodedBytes(maxMessageBytes),
      reservedBits: extension?.reservedBits ?? 0,
      pool: options.pool,
    });
  }

  /**
   * Reads `bytes[start..end)`, and changes them: payloads are unmasked where they lie. What follows
   * a violation, a close frame or `stop()` is ignored.
   * @returns the violation that ended reading, now and at every later call; undefined while there
   * is none
   * @throws HIOLOAD_STATE when called by the sink, or after the sink threw; what the sink throws
   */
  read(bytes: Uint8Array, start: number, end: number): ProtocolViolation | undefined {
    const violation = this.#decoder.decode(bytes, start, end);
    if (violation !== undefined) this.#assembler.release();
    return violation;
  }

  /**
   * Whether the bytes so far end with a whole message: then one reader can go on with another
   * connection.
   */
  get isAtRest(): boolean {
    return this.#decoder.isBetweenFrames && this.#assembler.isBetweenMessages;
  }

  /**
   * Whether the message in progress, if there is one, has taken too long. For the owner to ask now
   * and then.
   */
  overdue(nowMs: number): ProtocolViolation | undefined {
    return this.#assembler.overdue(nowMs);
  }

  /**
   * Ignores whatever comes from now on and gives back what was borrowed. Idempotent; the sink may
   * call it.
   */
  stop(): void {
    this.#decoder.stop();
    this.#assembler.release();
  }
}
