// Validates UTF-8 that arrives in pieces.
import { isUtf8 } from 'node:buffer';
import { areLanesWorthIt, type ByteLanes, hasLanes, lanesOf } from './lanes.js';

/**
 * From how many octets on Node's `isUtf8` is faster than going octet by octet (1 ns each), its call
 * and copy included.
 */
const NATIVE_PAYS_FROM = 96;
/** From how many octets on 16 of them are looked at in a step. */
const WORDS_PAY_FROM = 32;

/**
 * Up to here octets are copied to where a view of them exists already, which is faster than a view
 * of their own (45 ns) and leaves no garbage (100 bytes).
 */
const SCRATCH_BYTES = 512;
const LANE_BYTES = 8;

const scratch = new Uint8Array(SCRATCH_BYTES);
const scratchWide = new BigInt64Array(scratch.buffer);
/** The first lane, the first two, and so on. */
const scratchViews = Array.from({ length: SCRATCH_BYTES / LANE_BYTES }, (_, index) =>
  scratch.subarray(0, (index + 1) * LANE_BYTES),
);

/** Bits that only octets beyond ASCII have. */
const HIGH_BITS = 0x80808080;
const gathered = new Int32Array(2);
const gatheredWide = new BigInt64Array(gathered.buffer);

/**
 * Checks that a text that comes in pieces is UTF-8 (RFC 3629), and says no at the first piece with
 * an octet after which it can no longer be: overlong forms, surrogates and what lies above U+10FFFF
 * are known by their second octet.
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
    // C0 and C1 could only begin overlong forms, F5 and above only what Unicode does not have.
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
  if (end - at >= WORDS_PAY_FROM && hasLanes(bytes)) {
    const { view } = lanesOf(bytes);
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
  // Memory that is seen for the first time, as each chunk of a socket may be, is not worth more
  // than a view.
  if (!areLanesWorthIt(bytes)) return isUtf8(bytes.subarray(start, end));
  const lanes = lanesOf(bytes);
  if (isAscii(lanes, start, end)) return true;
  const view = lanes.ranges.find(start, end);
  return view === undefined ? isRangeUtf8(lanes, start, end) : isUtf8(view);
}

function isAscii({ bytes, wide, skew }: ByteLanes, start: number, end: number): boolean {
  // Signed, so that the compiler counts in 32 bits: twice as fast as with what `>>>` answers.
  const first = ((start + skew + 7) >>> 3) | 0;
  const last = Math.min(wide.length, (end + skew) >>> 3) | 0;
  let lane = first;
  for (; lane + 7 < last; lane += 8) {
    // Through memory, as a mask goes: a BigInt in a comparison would be an object.
    gatheredWide[0] =
      wide[lane]! |
      wide[lane + 1]! |
      wide[lane + 2]! |
      wide[lane + 3]! |
      wide[lane + 4]! |
      wide[lane + 5]! |
      wide[lane + 6]! |
      wide[lane + 7]!;
    if (((gathered[0]! | gathered[1]!) & HIGH_BITS) !== 0) return false;
  }
  gatheredWide[0] = 0n;
  for (; lane < last; lane++) gatheredWide[0] = gatheredWide[0] | wide[lane]!;
  let seen = gathered[0]! | gathered[1]!;
  for (let at = start; at < first * LANE_BYTES - skew; at++) seen |= bytes[at]!;
  for (let at = last * LANE_BYTES - skew; at < end; at++) seen |= bytes[at]!;
  return (seen & HIGH_BITS) === 0;
}

function isRangeUtf8({ bytes, wide, skew }: ByteLanes, start: number, end: number): boolean {
  const first = ((start + skew) >>> 3) | 0;
  const last = ((end + skew + 7) >>> 3) | 0;
  if (last - first > scratchViews.length || last > wide.length)
    return isUtf8(bytes.subarray(start, end));
  // The octets keep their place within their lane, so that whole lanes are copied.
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
  // What is around them becomes NUL, which is UTF-8 wherever it stands but inside of a code point,
  // and a text that begins or ends there is none.
  for (let at = (start + skew) & 7; at > 0; at--) scratch[at - 1] = 0;
  for (let at = to * LANE_BYTES - (last * LANE_BYTES - end - skew); at < to * LANE_BYTES; at++)
    scratch[at] = 0;
  return isUtf8(scratchViews[to - 1]!);
}
