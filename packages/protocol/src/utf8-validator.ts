import { isUtf8 } from 'node:buffer';
import { hasLanes, lanesOf } from './lanes.js';

/** From how many octets on Node's `isUtf8` is faster than going octet by octet (1 ns each), its call and copy included. */
const NATIVE_PAYS_FROM = 96;
/**
 * Up to here octets are copied to where a view of them exists already: a view of their own costs as much time, and garbage.
 */
const SCRATCH_BYTES = 4_096;
const SCRATCH_STEP_BYTES = 64;

const scratch = new Uint8Array(SCRATCH_BYTES);
const scratchWide = new BigInt64Array(scratch.buffer);
const scratchViews = Array.from({ length: SCRATCH_BYTES / SCRATCH_STEP_BYTES }, (_, index) =>
  scratch.subarray(0, (index + 1) * SCRATCH_STEP_BYTES),
);

/**
 * Checks that a text that comes in pieces is UTF-8 (RFC 3629), and says no at the first piece with an octet after which it
 * can no longer be: overlong forms, surrogates and what lies above U+10FFFF are known by their second octet.
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
    while (at < end) {
      if (this.#missing === 0) {
        at = skipAscii(bytes, at, end);
        if (at === end) return true;
        if (end - at >= NATIVE_PAYS_FROM) {
          const stop = lastBoundary(bytes, end);
          if (!isRangeUtf8(bytes, at, stop)) return false;
          at = stop;
          if (at === end) return true;
        }
      }
      if (!this.#take(bytes[at]!)) return false;
      at += 1;
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

/** Where the first octet of 80 or above is, or `end`: 16 octets a step. */
function skipAscii(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  if (end - at >= 32 && (end - at >= 256 || hasLanes(bytes))) {
    const { view } = lanesOf(bytes);
    for (; at + 15 < end; at += 16) {
      const seen =
        view.getInt32(at, true) |
        view.getInt32(at + 4, true) |
        view.getInt32(at + 8, true) |
        view.getInt32(at + 12, true);
      if ((seen & 0x80808080) !== 0) break;
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

function isRangeUtf8(bytes: Uint8Array, start: number, end: number): boolean {
  const { wide, skew } = lanesOf(bytes);
  const first = (start + skew) >>> 3;
  const last = (end + skew + 7) >>> 3;
  const length = (last - first) * 8;
  if (length > SCRATCH_BYTES || last > wide.length) return isUtf8(bytes.subarray(start, end));
  // The octets keep their place within a lane of eight, so that whole lanes are copied: ten octets in a nanosecond.
  let to = 0;
  let from = first;
  for (; from + 3 < last; from += 4, to += 4) {
    scratchWide[to] = wide[from]!;
    scratchWide[to + 1] = wide[from + 1]!;
    scratchWide[to + 2] = wide[from + 2]!;
    scratchWide[to + 3] = wide[from + 3]!;
  }
  for (; from < last; from++, to++) scratchWide[to] = wide[from]!;
  // What is around them becomes NUL, which is UTF-8 wherever it stands but inside of a code point, and a text that begins or
  // ends there is none.
  const head = (start + skew) & 7;
  for (let at = 0; at < head; at++) scratch[at] = 0;
  for (let at = length - (last * 8 - end - skew); at < length; at++) scratch[at] = 0;
  const steps = Math.ceil(length / SCRATCH_STEP_BYTES);
  for (; to < steps * (SCRATCH_STEP_BYTES / 8); to++) scratchWide[to] = 0n;
  return isUtf8(scratchViews[steps - 1]!);
}
