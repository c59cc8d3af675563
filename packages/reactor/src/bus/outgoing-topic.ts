import { topicHash } from '@hioload/pool';

/** Up to so many words one by one is as fast as a call. */
const LOOP_LIMIT_WORDS = 32;

/** A topic as records carry it. */
export class OutgoingTopic {
  readonly hash: number;
  readonly byteLength: number;
  readonly #bytes: Uint8Array;
  /** The same in words, with zeros behind the topic. */
  readonly #words: Int32Array;

  constructor(text: string) {
    this.hash = topicHash(text);
    this.byteLength = Buffer.byteLength(text);
    this.#words = new Int32Array((this.byteLength + 3) >> 2);
    this.#bytes = new Uint8Array(this.#words.buffer, 0, this.byteLength);
    new TextEncoder().encodeInto(text, this.#bytes);
  }

  /**
   * Decodes it: a text of its own, where the one that it was made from may be a piece of a whole
   * message, and keep that.
   */
  text(): string {
    return Buffer.from(this.#bytes).toString();
  }

  /**
   * Writes it, and up to 3 zeros behind it. @param words the memory of `target` in words @param at
   * a multiple of 4
   */
  writeTo(target: Uint8Array, words: Int32Array, at: number): void {
    const own = this.#words;
    if (own.length > LOOP_LIMIT_WORDS) {
      target.set(this.#bytes, at);
      return;
    }
    const word = at >> 2;
    for (let i = 0; i < own.length; i++) words[word + i] = own[i]!;
  }
}
