// The interface of a codec in `bench protocol`.
import type { CountingSocket } from './material.js';

/** The message that is written again and again, and how. */
export interface Writing {
  readonly message: string | Uint8Array;
  readonly isMasked: boolean;
  readonly isCompressed: boolean;
}

/** A codec under test. Our codec and the codec of `ws` do the same work. */
export interface Codec {
  /**
   * A receiving half that reports each message to `tally`. It reads a chunk at once or soon after.
   */
  reader(isMasked: boolean, isCompressed: boolean, tally: ReadTally): (chunk: Buffer) => void;
  /**
   * A sending half. The returned function writes `messages` messages to `socket`, and is done when
   * all of them have arrived there.
   */
  writer(writing: Writing, socket: CountingSocket): (messages: number) => void | Promise<void>;
  /** Checks text in `bytes`. The returned function answers for one range. */
  textCheck(): (bytes: Buffer, start: number, end: number) => boolean;
  /**
   * A connection with compression, used once in each direction. The caller keeps the connection
   * alive.
   */
  connection(terms: CompressionTerms): () => object | Promise<object>;
}

/** The compression of a connection whose memory is measured. */
export interface CompressionTerms {
  readonly contextTakeover: boolean;
  /** The default windows of the codec, or the largest possible ones. */
  readonly windows: 'default' | 'largest';
}

/** Counts read messages. A message may come later than the chunk that contains it. */
export class ReadTally {
  messages = 0;
  bytes = 0;
  #expected = 0;
  #wake: () => void = () => {};

  note(messageBytes: number): void {
    this.messages += 1;
    this.bytes += messageBytes;
    if (this.messages === this.#expected) this.#wake();
  }

  /**
   * Resolves when `messages` messages have come in all. Returns at once, without a promise, if they
   * have come already.
   */
  reached(messages: number): void | Promise<void> {
    if (this.messages >= messages) return undefined;
    this.#expected = messages;
    return new Promise((resolve) => (this.#wake = resolve));
  }
}
