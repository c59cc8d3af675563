// Validates UTF-8 that arrives in pieces.
import { isUtf8 } from 'node:buffer';
import { areWideViewsWorthIt, type WideViews, hasWideViews, wideViewsOf } from './wide-views.js';

/**
 * Length from which `isUtf8` of Node, with its call and copy, is faster than one octet at a time (1
 * ns each).
 */
const NATIVE_PAYS_FROM = 96;
/** Length from which the scan looks at 16 octets a step. */
const WORDS_PAY_FROM = 32;

/**
 * Up to this length octets are copied into a scratch buffer that has a view already. The copy is
 * faster than a new view (45 ns) and leaves no garbage (100 bytes).
 */
const SCRATCH_BYTES = 512;
const LANE_BYTES = 8;

const scratch = new Uint8Array(SCRATCH_BYTES);
const scratchWide = new BigInt64Array(scratch.buffer);
/** The first word, the first two words, and so on. */
const scratchViews = Array.from({ length: SCRATCH_BYTES / LANE_BYTES }, (_, index) =>
  scratch.subarray(0, (index + 1) * LANE_BYTES),
);

/** Bits that only octets beyond ASCII have. */
const HIGH_BITS = 0x80808080;
const gathered = new Int32Array(2);
const gatheredWide = new BigInt64Array(gathered.buffer);

/**
 * Checks that a text that arrives in pieces is UTF-8 (RFC 3629). It fails at the first octet after
 * which the text cannot be UTF-8 any more: the second octet gives away overlong forms, surrogates
 * and values above U+10FFFF.
 */
export class Utf8Validator {
  /** Octets that the code point in progress still lacks, and the range of the next one. */
  #missing = 0;
  #lowest = 0x80;
  #highest = 0xbf;

  /** Whether the text so far ends with a whole code point. */
  get isComplete(): boolean {
    return this.#missing === 0;
  }

  /** Forgets the text so far. */
  reset(): void {
    this.#missing = 0;
    this.#lowest = 0x80;
    this.#highest = 0xbf;
  }

  /** Goes on with `bytes[start..end)`. After a `false` the validator has to be reset. */
  push(bytes: Uint8Array, start: number, end: number): boolean {
    let at = start;
    while (at < end && this.#missing > 0) if (!this.#take(bytes[at++]!)) return false;
    if (end - at >= NATIVE_PAYS_FROM) {
      const stop = lastBoundary(bytes, end);
      if (!isLongUtf8(bytes, at, stop)) return false;
      at = stop;
    }
    while (at < end) {
      if (this.#missing === 0) at = skipAscii(bytes, at, end);
      if (at < end && !this.#take(bytes[at++]!)) return false;
    }
    return true;
  }

  #take(octet: number): boolean {
    if (this.#missing > 0) {
      if (octet < this.#lowest || octet > this.#highest) return false;
      this.#missing -= 1;
      this.#lowest = 0x80;
      this.#highest = 0xbf;
      return true;
    }
    if (octet < 0x80) return true;
    // C0 and C1 can only begin overlong forms. F5 and above can only begin values that Unicode does
    // not have.
    if (octet < 0xc2 || octet > 0xf4) return false;
    this.#missing = octet < 0xe0 ? 1 : octet < 0xf0 ? 2 : 3;
    if (octet === 0xe0) this.#lowest = 0xa0;
    else if (octet === 0xf0) this.#lowest = 0x90;
    else if (octet === 0xed) this.#highest = 0x9f;
    else if (octet === 0xf4) this.#highest = 0x8f;
    return true;
  }
}

/** Where the first octet of 80 or above is, or `end`. */
function skipAscii(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  if (end - at >= WORDS_PAY_FROM && hasWideViews(bytes)) {
    const { view } = wideViewsOf(bytes);
    for (; at + 15 < end; at += 16) {
      const seen =
        view.getInt32(at, true) |
        view.getInt32(at + 4, true) |
        view.getInt32(at + 8, true) |
        view.getInt32(at + 12, true);
      if ((seen & HIGH_BITS) !== 0) break;
    }
  }
  while (at < end && bytes[at]! < 0x80) at++;
  return at;
}

/** The start of the code point that is cut at `end`, or `end` where none is. */
function lastBoundary(bytes: Uint8Array, end: number): number {
  for (let back = 1; back <= 3; back++) {
    const octet = bytes[end - back]!;
    if (octet >= 0xc0) {
      const length = octet < 0xe0 ? 2 : octet < 0xf0 ? 3 : 4;
      return length > back ? end - back : end;
    }
    if (octet < 0x80) return end;
  }
  return end;
}

function isLongUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  // A buffer that is seen for the first time, as each chunk of a socket may be, is worth one view
  // and no more.
  if (!areWideViewsWorthIt(bytes)) return isUtf8(bytes.subarray(start, end));
  const views = wideViewsOf(bytes);
  if (isAscii(views, start, end)) return true;
  const view = views.ranges.find(start, end);
  return view === undefined ? isRangeUtf8(views, start, end) : isUtf8(view);
}

function isAscii({ bytes, wide, skew }: WideViews, start: number, end: number): boolean {
  // The numbers are signed, so that the compiler counts in 32 bits. That is twice as fast as with
  // the result of `>>>`.
  const first = ((start + skew + 7) >>> 3) | 0;
  const last = Math.min(wide.length, (end + skew) >>> 3) | 0;
  let word = first;
  for (; word + 7 < last; word += 8) {
    // The bits are gathered in memory, as in a mask: a BigInt in a comparison would be an object.
    gatheredWide[0] =
      wide[word]! |
      wide[word + 1]! |
      wide[word + 2]! |
      wide[word + 3]! |
      wide[word + 4]! |
      wide[word + 5]! |
      wide[word + 6]! |
      wide[word + 7]!;
    if (((gathered[0]! | gathered[1]!) & HIGH_BITS) !== 0) return false;
  }
  gatheredWide[0] = 0n;
  for (; word < last; word++) gatheredWide[0] = gatheredWide[0] | wide[word]!;
  let seen = gathered[0]! | gathered[1]!;
  for (let at = start; at < first * LANE_BYTES - skew; at++) seen |= bytes[at]!;
  for (let at = last * LANE_BYTES - skew; at < end; at++) seen |= bytes[at]!;
  return (seen & HIGH_BITS) === 0;
}

function isRangeUtf8({ bytes, wide, skew }: WideViews, start: number, end: number): boolean {
  const first = ((start + skew) >>> 3) | 0;
  const last = ((end + skew + 7) >>> 3) | 0;
  if (last - first > scratchViews.length || last > wide.length)
    return isUtf8(bytes.subarray(start, end));
  // The octets keep their place within a word, so that whole words are copied.
  let to = 0;
  let from = first;
  for (; from + 7 < last; from += 8, to += 8) {
    scratchWide[to] = wide[from]!;
    scratchWide[to + 1] = wide[from + 1]!;
    scratchWide[to + 2] = wide[from + 2]!;
    scratchWide[to + 3] = wide[from + 3]!;
    scratchWide[to + 4] = wide[from + 4]!;
    scratchWide[to + 5] = wide[from + 5]!;
    scratchWide[to + 6] = wide[from + 6]!;
    scratchWide[to + 7] = wide[from + 7]!;
  }
  for (; from < last; from++, to++) scratchWide[to] = wide[from]!;
  // The octets around the range become NUL. NUL is valid UTF-8 everywhere except inside a code
  // point, and a range that begins or ends inside a code point is not UTF-8 anyway.
  for (let at = (start + skew) & 7; at > 0; at--) scratch[at - 1] = 0;
  for (let at = to * LANE_BYTES - (last * LANE_BYTES - end - skew); at < to * LANE_BYTES; at++)
    scratch[at] = 0;
  return isUtf8(scratchViews[to - 1]!);
}
