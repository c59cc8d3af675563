/** Many for the messages that a chunk of 64 KiB may hold, so that few of them share a slot. */
const SLOT_BITS = 9;
const SLOTS = 2 ** SLOT_BITS;

/**
 * The number of lookups after which a buffer counts as used again and again, and is worth tables of
 * 8 KiB.
 */
const TABLES_PAY_FROM = 1_024;

/**
 * Views of ranges of one buffer, for native code that takes no range. A view costs 45 ns and 100
 * bytes. Messages of one length often lie in the same ranges as the messages before, so a range
 * that is asked for twice gets a view, which is kept until another range takes its place. A range
 * that is asked for once costs only the lookup.
 */
export class RangeViews {
  readonly #bytes: Uint8Array;
  #misses = 0;
  #tables: Tables | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The view of `start..end`, kept from its second time on; undefined where there is none. */
  find(start: number, end: number): Uint8Array | undefined {
    if (this.#tables === undefined) {
      this.#misses += 1;
      if (this.#misses < TABLES_PAY_FROM) return undefined;
      this.#tables = { ranges: new Int32Array(2 * SLOTS), views: Array.from({ length: SLOTS }) };
    }
    const { ranges, views } = this.#tables;
    const hash = hashOf(start, end - start);
    const first = hash >>> (32 - SLOT_BITS);
    if (ranges[2 * first] === start && ranges[2 * first + 1] === end) {
      return (views[first] ??= this.#bytes.subarray(start, end));
    }
    const second = hash & (SLOTS - 1);
    if (ranges[2 * second] === start && ranges[2 * second + 1] === end) {
      return (views[second] ??= this.#bytes.subarray(start, end));
    }
    // A range has two entries to choose from, so that two ranges in turn do not replace each other.
    // An entry is free if its range was asked for only once. If that decides nothing, the entries
    // take turns.
    this.#misses += 1;
    const isFirstFree = views[first] === undefined;
    const isSecondFree = views[second] === undefined;
    const takesFirst = isFirstFree === isSecondFree ? (this.#misses & 1) === 0 : isFirstFree;
    const slot = takesFirst ? first : second;
    ranges[2 * slot] = start;
    ranges[2 * slot + 1] = end;
    if (views[slot] !== undefined) views[slot] = undefined;
    return undefined;
  }
}

/** For each slot the range that came last, start and end, and its view where it has come before. */
interface Tables {
  readonly ranges: Int32Array;
  readonly views: (Uint8Array | undefined)[];
}

/**
 * Two rounds of multiplication. With one round, consecutive messages of some lengths would all
 * share a few entries.
 */
function hashOf(start: number, length: number): number {
  const once = Math.imul(start ^ (length << 16), 0x9e3779b1);
  return Math.imul(once ^ (once >>> 15), 0x85ebca6b);
}
