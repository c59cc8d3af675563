// What `bench protocol` needs of a codec.
import type { CountingSocket } from './material.js';

/** What is written again and again. */
export interface Writing {
  readonly message: string | Uint8Array;
  readonly isMasked: boolean;
  readonly isCompressed: boolean;
}

/** A codec under test: the same work, done by ours and by that of `ws`. */
export interface Codec {
  /**
   * A receiving half that tells `tally` of each message. What it is given afterwards, it reads at
   * once or soon after.
   */
  reader(isMasked: boolean, isCompressed: boolean, tally: ReadTally): (chunk: Buffer) => void;
  /**
   * A sending half; what it returns writes `messages` messages to `socket`, and is done when all of
   * them are there.
   */
  writer(writing: Writing, socket: CountingSocket): (messages: number) => void | Promise<void>;
  /** A check of text that lies in `bytes`; what it returns answers for one range. */
  textCheck(): (bytes: Buffer, start: number, end: number) => boolean;
  /**
   * A connection that compresses and decompresses, used once in each direction. Kept alive by the
   * caller.
   */
  connection(terms: CompressionTerms): () => object | Promise<object>;
}

/** How a connection compresses whose memory is looked at. */
export interface CompressionTerms {
  readonly contextTakeover: boolean;
  /** Windows as the codec has them by itself, or the largest there are. */
  readonly windows: 'default' | 'largest';
}

/** Counts messages, which may come later than what they were read from. */
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
   * Resolves when so many messages have come in all; at once and without a promise where they have.
   */
  reached(messages: number): void | Promise<void> {
    if (this.messages >= messages) return undefined;
    this.#expected = messages;
    return new Promise((resolve) => (this.#wake = resolve));
  }
}
