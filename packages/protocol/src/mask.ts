// Masks and unmasks payloads in place.
import { hasWideViews, wideViewsOf } from './wide-views.js';
import { nativeMask } from './native-mask.js';

/*
 * How many octets a way of masking needs to be the fastest one, measured (docs/protocol.md has the
 * figures): 64 octets take 50 ns one by one and 20 ns in words of 64 bits, which need views that
 * must be made first. 64 KiB take 7 us in words and 2.5 us in native code, whose call and view cost
 * 100 ns and 100 bytes of garbage.
 */
const WORDS_PAY_FROM = 12;
const VIEWS_PAY_FROM = 256;
const NATIVE_PAYS_FROM = 2_048;

/** The answer of {@link applyMask} when native code masked, and nobody looked at the octets. */
const ANY_BIT = 0xff;

const scratch = new DataView(new ArrayBuffer(8));
const scratchWide = new BigInt64Array(scratch.buffer);

/**
 * Masks bytes in place, or unmasks them, which is the same (RFC 6455 section 5.3).
 * @param start first octet to change @param end the octet after the last one
 * @param maskKey the key as a 32-bit number, signed or not, its first octet on the wire the most
 * significant one
 * @param phase octets of the payload that lie before `start`, any integer from 0; lets a payload be
 * masked piece by piece
 * @returns the bits that may be set in the changed octets. Without the bit 0x80 all of them are
 * ASCII. Each octet passes through a register anyway, so this proves at no cost that an ASCII text
 * is UTF-8
 */
export function applyMask(
  bytes: Uint8Array,
  start: number,
  end: number,
  maskKey: number,
  phase = 0,
): number {
  const turn = (phase % 4) * 8;
  const key = turn === 0 ? maskKey | 0 : (maskKey << turn) | (maskKey >>> (32 - turn));
  const length = end - start;
  if (length < WORDS_PAY_FROM || (length < VIEWS_PAY_FROM && !hasWideViews(bytes)))
    return maskOctets(bytes, start, end, key);
  if (length < NATIVE_PAYS_FROM || nativeMask === undefined)
    return maskWide(bytes, start, end, key);
  nativeMask(bytes.subarray(start, end), key);
  return ANY_BIT;
}

function maskOctets(bytes: Uint8Array, start: number, end: number, key: number): number {
  const first = (key >>> 24) & 0xff;
  const second = (key >>> 16) & 0xff;
  const third = (key >>> 8) & 0xff;
  const fourth = key & 0xff;
  let seen = 0;
  let at = start;
  for (; at + 3 < end; at += 4) {
    seen |= bytes[at]! ^= first;
    seen |= bytes[at + 1]! ^= second;
    seen |= bytes[at + 2]! ^= third;
    seen |= bytes[at + 3]! ^= fourth;
  }
  if (at < end) seen |= bytes[at]! ^= first;
  if (at + 1 < end) seen |= bytes[at + 1]! ^= second;
  if (at + 2 < end) seen |= bytes[at + 2]! ^= third;
  return seen;
}

/**
 * Masks four 64-bit words a step. Smaller steps mask the octets before the first whole word and
 * after the last one. The compiler keeps a word in a register as long as it only goes from one
 * typed array to another. A BigInt in a variable across iterations would be an object each time, so
 * the seen bits are gathered in memory.
 */
function maskWide(bytes: Uint8Array, start: number, end: number, key: number): number {
  const { wide, view, skew } = wideViewsOf(bytes);
  // From here on the key is in the octet order of little-endian reads, so a turn to the left is a
  // turn to the right.
  let word = swapOctets(key);
  let seen = 0;
  let at = start;
  if (((start + skew) & 1) !== 0) {
    seen |= bytes[at]! ^= word & 0xff;
    word = (word >>> 8) | (word << 24);
    at += 1;
  }
  if (((at + skew) & 2) !== 0) {
    const a = (view.getUint16(at, true) ^ word) & 0xffff;
    view.setUint16(at, a, true);
    seen |= a;
    word = (word >>> 16) | (word << 16);
    at += 2;
  }
  if (((at + skew) & 4) !== 0) {
    const a = view.getInt32(at, true) ^ word;
    view.setInt32(at, a, true);
    seen |= a;
    at += 4;
  }
  scratch.setInt32(0, word, true);
  scratch.setInt32(4, word, true);
  const wideKey = scratchWide[0]!;
  scratchWide[0] = 0n;
  let word64 = ((at + skew) >>> 3) | 0;
  const stop = ((end + skew) >>> 3) | 0;
  at += (stop - word64) << 3;
  for (; word64 + 3 < stop; word64 += 4) {
    const a = wide[word64]! ^ wideKey;
    const b = wide[word64 + 1]! ^ wideKey;
    const c = wide[word64 + 2]! ^ wideKey;
    const d = wide[word64 + 3]! ^ wideKey;
    scratchWide[0] = scratchWide[0] | (a | b | (c | d));
    wide[word64] = a;
    wide[word64 + 1] = b;
    wide[word64 + 2] = c;
    wide[word64 + 3] = d;
  }
  for (; word64 < stop; word64++) {
    const a = wide[word64]! ^ wideKey;
    scratchWide[0] = scratchWide[0] | a;
    wide[word64] = a;
  }
  seen |= scratch.getInt32(0) | scratch.getInt32(4);
  if (((end - at) & 4) !== 0) {
    const a = view.getInt32(at, true) ^ word;
    view.setInt32(at, a, true);
    seen |= a;
    at += 4;
  }
  if (((end - at) & 2) !== 0) {
    const a = (view.getUint16(at, true) ^ word) & 0xffff;
    view.setUint16(at, a, true);
    seen |= a;
    word >>>= 16;
    at += 2;
  }
  if (at < end) seen |= bytes[at]! ^= word & 0xff;
  return foldOctets(seen);
}

function swapOctets(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

function foldOctets(word: number): number {
  return (word | (word >>> 8) | (word >>> 16) | (word >>> 24)) & 0xff;
}
