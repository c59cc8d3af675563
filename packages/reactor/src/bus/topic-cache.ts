/** Topics that are kept decoded; more of them cost a decoding now and then. A power of two. */
const SLOTS = 4_096;
/** Longer topics are decoded each time: kept, they could take hundreds of megabytes. */
const MAX_KEPT_BYTES = 512;

interface Entry {
  readonly topic: string;
  readonly bytes: Uint8Array;
}

/** Gives topics as strings without decoding them each time. One entry for each of so many values of the hash. */
export class TopicCache {
  readonly #entries: (Entry | undefined)[] = Array.from({ length: SLOTS });

  /** The topic whose UTF-8 is `start` up to `end` of `bytes`. */
  get(hash: number, bytes: Uint8Array, start: number, end: number): string {
    const slot = hash & (SLOTS - 1);
    const entry = this.#entries[slot];
    if (entry !== undefined && isSame(entry.bytes, bytes, start, end)) return entry.topic;
    const copy = bytes.slice(start, end);
    const topic = Buffer.from(copy.buffer, copy.byteOffset, copy.byteLength).toString();
    if (copy.length <= MAX_KEPT_BYTES) this.#entries[slot] = { topic, bytes: copy };
    return topic;
  }
}

function isSame(known: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let i = 0; i < known.length; i++) if (known[i] !== bytes[start + i]) return false;
  return true;
}
