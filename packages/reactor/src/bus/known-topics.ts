/*
 * Topics that a reactor has met: encoded for its own records, and decoded from the records it
 * reads.
 */
import { ownText } from '@hioload/api';
import { topicHash } from '@hioload/pool';

/** Most topics that each direction keeps. Others cost an encoding or a decoding. A power of two. */
const MAX_KEPT = 4_096;
/** Longer topics are not kept: 4,096 of them could take hundreds of megabytes. */
const MAX_KEPT_BYTES = 512;
/** Up to this length, a loop over the words is as fast as a call. */
const LOOP_LIMIT_WORDS = 32;

/** A topic in the form that records carry. */
export class OutgoingTopic {
  /** A text of its own: the text that made this topic may be a piece of a whole message. */
  readonly text: string;
  readonly hash: number;
  readonly byteLength: number;
  readonly #bytes: Uint8Array;
  /** The same bytes in words; zeros follow the topic. */
  readonly #words: Int32Array;

  constructor(text: string) {
    this.text = ownText(text);
    this.hash = topicHash(text);
    this.byteLength = Buffer.byteLength(text);
    this.#words = new Int32Array((this.byteLength + 3) >> 2);
    this.#bytes = new Uint8Array(this.#words.buffer, 0, this.byteLength);
    new TextEncoder().encodeInto(text, this.#bytes);
  }

  /**
   * Writes the topic, and up to 3 zeros behind the topic.
   * @param words the memory of `target` in words
   * @param at a multiple of 4
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

/**
 * The topics that a thread publishes to. To hash and encode a topic costs as much as the rest of a
 * short message. Many messages in a row have the same topic, and topics come back.
 */
export class OutgoingTopics {
  #last: OutgoingTopic | undefined;
  readonly #kept = new Map<string, OutgoingTopic>();

  /** Whether a topic was asked for before, and is kept. */
  has(text: string): boolean {
    const last = this.#last;
    // A caller without types may ask for `undefined`.
    if (last !== undefined && text === last.text) return true;
    const kept = this.#kept.get(text);
    if (kept === undefined) return false;
    this.#last = kept;
    return true;
  }

  get(text: string): OutgoingTopic {
    if (this.has(text)) return this.#last!;
    return (this.#last = this.#make(text));
  }

  #make(text: string): OutgoingTopic {
    const topic = new OutgoingTopic(text);
    if (topic.byteLength > MAX_KEPT_BYTES) return topic;
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#kept.set(topic.text, topic);
    return topic;
  }
}

interface DecodedTopic {
  readonly topic: string;
  readonly bytes: Uint8Array;
  /** The whole words of `bytes`. */
  readonly words: Int32Array;
}

/**
 * The topics of the records that a reactor reads, as strings. The hash of a topic chooses the place
 * of the topic, and a place keeps the topic that came last.
 */
export class IncomingTopics {
  readonly #places: (DecodedTopic | undefined)[] = Array.from({ length: MAX_KEPT });

  /**
   * The topic whose UTF-8 is `bytes[start..end)`.
   * @param words the memory of `bytes` in words
   * @param start a multiple of 4
   */
  get(hash: number, bytes: Uint8Array, words: Int32Array, start: number, end: number): string {
    const place = hash & (MAX_KEPT - 1);
    const known = this.#places[place];
    if (known !== undefined && isSame(known, bytes, words, start, end)) return known.topic;
    const copy = bytes.slice(start, end);
    const topic = Buffer.from(copy.buffer, copy.byteOffset, copy.byteLength).toString();
    if (copy.length <= MAX_KEPT_BYTES) {
      this.#places[place] = {
        topic,
        bytes: copy,
        words: new Int32Array(copy.buffer, 0, copy.length >> 2),
      };
    }
    return topic;
  }
}

/** Compares word by word, which costs 30 ns less than byte by byte for a topic of 22 bytes. */
function isSame(
  known: DecodedTopic,
  bytes: Uint8Array,
  words: Int32Array,
  start: number,
  end: number,
): boolean {
  const { length } = known.bytes;
  if (length !== end - start) return false;
  const first = start >> 2;
  const wholeWords = length >> 2;
  for (let i = 0; i < wholeWords; i++) if (known.words[i] !== words[first + i]) return false;
  for (let i = wholeWords << 2; i < length; i++)
    if (known.bytes[i] !== bytes[start + i]) return false;
  return true;
}
