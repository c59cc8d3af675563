/* A message that a call sends, in the one form in which `net` and the bus write it. */
import {
  binaryOption,
  type IncomingMessage,
  payloadOf,
  type Sendable,
  type SendOptions,
  viewOfBytes,
} from '@hioload/api';
import type { FrameEncoder } from '@hioload/protocol';
import { RangeMessage, viewOf } from './range-message.js';
import { toWellFormedBytes } from './well-formed.js';

const NOTHING = new Uint8Array(0);
const NOT_MEASURED = -1;

/** Up to this length, a loop over the octets is as fast as a call. */
const LOOP_LIMIT_BYTES = 8;
/** Up to this length, a loop over the units of an ASCII text is faster than a call. */
const LOOP_LIMIT_UNITS = 16;
/** Up to this length, a payload is copied fast at any alignment. */
const UNALIGNED_LIMIT_BYTES = 32;

/**
 * The message of one call: a text, or a range of bytes. A thread uses one object for all calls; the
 * object holds a message from `set` to `clear`.
 */
export class OutgoingMessage {
  /** The text; undefined where the message is bytes. */
  text: string | undefined;
  /** The memory of the payload, at `start..end`; empty where the message is a text. */
  bytes: Uint8Array = NOTHING;
  start = 0;
  end = 0;
  isBinary = false;
  /** The length of the text in UTF-8, once something has asked for the length. */
  #textBytes = NOT_MEASURED;

  /**
   * Takes the message of a call.
   * @throws HIOLOAD_OPTION_INVALID where the value cannot be sent, HIOLOAD_MESSAGE_EXPIRED
   */
  set(message: Sendable, options: SendOptions | undefined): void {
    const binary = options === undefined ? undefined : binaryOption(options);
    // The most frequent case comes first. An incoming message is passed on as the range of bytes in
    // which the message came.
    if (message instanceof RangeMessage) {
      this.isBinary = message.isBinary;
      this.#setRange(message.memory, message.start, message.end);
      if (binary === false && this.isBinary) this.#mendText();
    } else if (typeof message === 'string') {
      this.isBinary = false;
      this.text = message;
      this.#textBytes = NOT_MEASURED;
      if (binary === true) this.#setAll(Buffer.from(message));
    } else {
      const bytes = viewOfBytes(message, 'a message');
      this.#setAll(bytes ?? payloadOf(message));
      this.isBinary = bytes !== undefined || (message as IncomingMessage).isBinary;
      if (!(binary ?? this.isBinary)) this.#mendText();
    }
    if (binary !== undefined) this.isBinary = binary;
  }

  /** Replaces what is malformed in bytes that are sent as text. */
  #mendText(): void {
    this.#setAll(toWellFormedBytes(this.view()));
  }

  /** The length of the payload in bytes. The first call measures a text. */
  get byteLength(): number {
    if (this.text === undefined) return this.end - this.start;
    if (this.#textBytes === NOT_MEASURED) this.#textBytes = Buffer.byteLength(this.text);
    return this.#textBytes;
  }

  /** Adds the message to an encoder. @returns false where there is no memory for the message */
  encode(encoder: FrameEncoder): boolean {
    return this.text === undefined
      ? encoder.message(this.bytes, this.start, this.end, this.isBinary)
      : encoder.text(this.text);
  }

  /** Turns a text into bytes, so that `bytes[start..end)` is the payload. */
  toBytes(): void {
    if (this.text !== undefined) this.#setAll(Buffer.from(this.text));
  }

  /**
   * The payload as a view, which is valid as long as the message. A text is encoded first. The view
   * is made once: the bus writes one message to many lanes.
   */
  view(): Uint8Array {
    this.toBytes();
    const { bytes, start, end } = this;
    if (start > 0 || end < bytes.length) this.#setAll(viewOf(bytes, start, end));
    return this.bytes;
  }

  /**
   * Tells how many bytes to leave free at `offset`, so that the payload is copied fast behind them:
   * source and target then have the same alignment.
   */
  padBehind(offset: number): number {
    if (this.text !== undefined || this.byteLength <= UNALIGNED_LIMIT_BYTES) return 0;
    return (this.bytes.byteOffset + this.start - offset) & 7;
  }

  /** Writes the payload to `target[at..]`, which must have room for `byteLength` bytes. */
  writeTo(target: Buffer, at: number): void {
    const { text, byteLength } = this;
    if (text !== undefined) writeText(target, at, text, byteLength);
    else if (byteLength <= LOOP_LIMIT_BYTES) {
      for (let i = 0; i < byteLength; i++) target[at + i] = this.bytes[this.start + i]!;
    } else target.set(this.view(), at);
  }

  /** Lets go of the message; its bytes are the caller's again. */
  clear(): void {
    this.#setRange(NOTHING, 0, 0);
  }

  #setAll(bytes: Uint8Array): void {
    this.#setRange(bytes, 0, bytes.length);
  }

  #setRange(bytes: Uint8Array, start: number, end: number): void {
    this.text = undefined;
    this.bytes = bytes;
    this.start = start;
    this.end = end;
  }
}

/** Writes a text of `byteLength` octets in UTF-8. Half a surrogate pair becomes U+FFFD. */
function writeText(target: Buffer, at: number, text: string, byteLength: number): void {
  // A text takes as many octets as units of UTF-16 only where the text is ASCII.
  if (byteLength === text.length && byteLength <= LOOP_LIMIT_UNITS) {
    for (let i = 0; i < byteLength; i++) target[at + i] = text.charCodeAt(i);
  } else {
    target.write(text, at, byteLength);
  }
}
