/** Many for the messages that a chunk of 64 KiB may hold, so that few of them share a slot; a power of two. */
const SLOTS = 512;
const SLOT_SHIFT = 32 - Math.log2(SLOTS);

/**
 * Views of ranges of one buffer, for native code that takes no range. A view costs 45 ns and 100 bytes, and messages that are
 * alike come to lie where the last ones lay; so a range that comes twice gets a view that is kept until another range takes its
 * place. Ranges that do not come again cost nothing but the question.
 */
export class RangeViews {
  readonly #bytes: Uint8Array;
  #starts: Int32Array | undefined;
  #ends: Int32Array | undefined;
  #views: (Uint8Array | undefined)[] | undefined;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** The view of `start..end`, an own one from its second time on; undefined where there is none. */
  find(start: number, end: number): Uint8Array | undefined {
    const starts = (this.#starts ??= new Int32Array(SLOTS));
    const ends = (this.#ends ??= new Int32Array(SLOTS));
    const views = (this.#views ??= Array.from({ length: SLOTS }));
    const slot = slotOf(start, end - start);
    if (starts[slot] === start && ends[slot] === end) {
      return (views[slot] ??= this.#bytes.subarray(start, end));
    }
    starts[slot] = start;
    ends[slot] = end;
    views[slot] = undefined;
    return undefined;
  }
}

/** Two rounds of multiplication: with one, messages of some lengths that lie behind each other all share a few slots. */
function slotOf(start: number, length: number): number {
  const once = Math.imul(start ^ (length << 16), 0x9e3779b1);
  return Math.imul(once ^ (once >>> 15), 0x85ebca6b) >>> SLOT_SHIFT;
}
