/** Topics that are kept decoded; more of them cost a decoding now and then. A power of two. */
const SLOTS = 4_096;
/** Longer topics are decoded each time: kept, they could take hundreds of megabytes. */
const MAX_KEPT_BYTES = 512;

interface Entry {
  readonly topic: string;
  readonly bytes: Uint8Array;
  /** The whole words of `bytes`. */
  readonly words: Int32Array;
}

/**
 * Gives topics as strings without decoding them each time. One entry for each of so many values of
 * the hash.
 */
export class TopicCache {
  readonly #entries: (Entry | undefined)[] = Array.from({ length: SLOTS });

  /**
   * The topic whose UTF-8 is `start` up to `end` of `bytes`.
   * @param words the memory of `bytes` in words
   * @param start a multiple of 4
   */
  get(hash: number, bytes: Uint8Array, words: Int32Array, start: number, end: number): string {
    const slot = hash & (SLOTS - 1);
    const entry = this.#entries[slot];
    if (entry !== undefined && isSame(entry, bytes, words, start, end)) return entry.topic;
    const copy = bytes.slice(start, end);
    const topic = Buffer.from(copy.buffer, copy.byteOffset, copy.byteLength).toString();
    if (copy.length <= MAX_KEPT_BYTES) {
      this.#entries[slot] = {
        topic,
        bytes: copy,
        words: new Int32Array(copy.buffer, 0, copy.length >> 2),
      };
    }
    return topic;
  }
}

/** Compares word by word: 30 ns less than octet by octet for a topic of 22. */
function isSame(
  known: Entry,
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
