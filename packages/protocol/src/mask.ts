import { hasLanes, lanesOf } from './lanes.js';
import { nativeMask } from './native-mask.js';

/*
 * How many octets a way of masking needs to be the fastest one, measured (docs/protocol.md shows the figures):
 * 64 octets take 23 ns one by one, 8 ns in words; 1 KiB takes 220 ns in words, 110 ns in pairs of 64-bit lanes;
 * 64 KiB takes 7 us in lanes and 4 us in native code, whose call and view cost 90 ns and 100 bytes of garbage.
 */
const WORDS_PAY_FROM = 256;
const WIDE_PAYS_FROM = 128;
const NATIVE_PAYS_FROM = 2_048;

/** What {@link applyMask} answers where nobody looked at the octets. */
const ANY_BIT = 0xff;

const scratch = new DataView(new ArrayBuffer(8));
const scratchWide = new BigInt64Array(scratch.buffer);

/**
 * Masks bytes in place, or unmasks them, which is the same (RFC 6455 section 5.3).
 * @param start first octet to change @param end the octet after the last one
 * @param maskKey the key as an unsigned 32-bit number, its first octet on the wire the most significant one
 * @param phase octets of the payload that lie before `start`, any integer from 0; lets a payload be masked piece by piece
 * @returns bits that may be set in the octets as they are now. Without the bit 0x80 they are all ASCII: the octets have
 * passed through a register anyway, so that a text of ASCII is proved to be UTF-8 at no cost
 */
export function applyMask(bytes: Uint8Array, start: number, end: number, maskKey: number, phase = 0): number {
  const turn = (phase % 4) * 8;
  const key = turn === 0 ? maskKey | 0 : (maskKey << turn) | (maskKey >>> (32 - turn));
  const length = end - start;
  if (length < 8 || (length < WORDS_PAY_FROM && !hasLanes(bytes))) return maskOctets(bytes, start, end, key);
  if (length < WIDE_PAYS_FROM) return maskWords(bytes, start, end, key);
  if (length < NATIVE_PAYS_FROM || nativeMask === undefined) return maskWide(bytes, start, end, key);
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

/** Four words a step, at any alignment. */
function maskWords(bytes: Uint8Array, start: number, end: number, key: number): number {
  const { view } = lanesOf(bytes);
  // Native order of nearly every machine, and the key turned to it: no octets are swapped in the loop.
  const word = swapOctets(key);
  let seen = 0;
  let at = start;
  for (; at + 15 < end; at += 16) {
    const a = view.getInt32(at, true) ^ word;
    const b = view.getInt32(at + 4, true) ^ word;
    const c = view.getInt32(at + 8, true) ^ word;
    const d = view.getInt32(at + 12, true) ^ word;
    view.setInt32(at, a, true);
    view.setInt32(at + 4, b, true);
    view.setInt32(at + 8, c, true);
    view.setInt32(at + 12, d, true);
    seen |= a | b | c | d;
  }
  for (; at + 3 < end; at += 4) {
    const a = view.getInt32(at, true) ^ word;
    view.setInt32(at, a, true);
    seen |= a;
  }
  return foldOctets(seen) | maskOctets(bytes, at, end, key);
}

/**
 * Two 64-bit lanes a step, after the octets up to the first whole lane. The compiler keeps the lanes in registers as long
 * as they only go from one typed array to another: a BigInt in a variable across iterations would be an object each time,
 * so what was seen is gathered in memory.
 */
function maskWide(bytes: Uint8Array, start: number, end: number, key: number): number {
  const { wide, offset } = lanesOf(bytes);
  const head = (8 - ((start + offset) & 7)) & 7;
  const tail = (end + offset) & 7;
  const seenAround =
    maskOctets(bytes, start, start + head, key) | maskOctets(bytes, end - tail, end, turned(key, end - tail - start));

  const turnedKey = turned(key, head);
  scratch.setInt32(0, turnedKey);
  scratch.setInt32(4, turnedKey);
  const lane = scratchWide[0]!;
  scratchWide[0] = 0n;
  let at = (start + head + offset) / 8;
  const stop = (end - tail + offset) / 8;
  for (; at + 1 < stop; at += 2) {
    const a = wide[at]! ^ lane;
    const b = wide[at + 1]! ^ lane;
    scratchWide[0] = scratchWide[0]! | (a | b);
    wide[at] = a;
    wide[at + 1] = b;
  }
  if (at < stop) {
    const a = wide[at]! ^ lane;
    scratchWide[0] = scratchWide[0]! | a;
    wide[at] = a;
  }
  return seenAround | foldOctets(scratch.getInt32(0) | scratch.getInt32(4));
}

/** The key as it applies `octets` further on. */
function turned(key: number, octets: number): number {
  const turn = (octets & 3) * 8;
  return turn === 0 ? key : (key << turn) | (key >>> (32 - turn));
}

function swapOctets(word: number): number {
  return (word << 24) | ((word & 0xff00) << 8) | ((word >>> 8) & 0xff00) | (word >>> 24);
}

function foldOctets(word: number): number {
  return (word | (word >>> 8) | (word >>> 16) | (word >>> 24)) & 0xff;
}
