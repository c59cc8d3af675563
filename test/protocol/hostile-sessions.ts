// Makes sessions of an attacker, for the fuzz test.
import type { Prng } from '@hioload/test-support/random';
import { constants, deflateRawSync } from 'node:zlib';
import { makeFrame, noise } from './sessions.js';

const LETTERS = ['a', 'é', '漢', '😀', '\u07ff', '\ud7ff', '\u{10ffff}', 'Hello, wörld. '];
/**
 * Around where the codec changes its ways: one octet at a time, lanes, copies, views, native code.
 */
const EDGES = [
  0, 1, 11, 12, 16, 24, 31, 32, 95, 96, 97, 125, 126, 255, 256, 511, 512, 513, 2_047, 2_048, 2_049,
  4_096,
];
const LONG = [8_191, 16_384, 65_535, 65_536, 70_000];

/**
 * What an attacker sends: long messages in fragments of any size, nearly right, among empty
 * fragments and pings.
 */
export function makeHostileSession(random: Prng, isServer: boolean): Buffer {
  const frames: Buffer[] = [];
  for (let left = random.below(4) + 1; left > 0; left--) {
    const isText = !random.oneIn(3);
    const content = isText ? nearlyText(random) : noise(random, lengthOf(random));
    addMessage(frames, random, isServer, isText ? 1 : 2, content, 0);
  }
  return spoil(random, Buffer.concat(frames));
}

/** The same compressed: streams of DEFLATE of all kinds, in part spoilt, and bombs. */
export function makeCompressedSession(random: Prng, isServer: boolean): Buffer {
  const frames: Buffer[] = [];
  for (let left = random.below(5) + 1; left > 0; left--) {
    const isText = !random.oneIn(3);
    const content = random.oneIn(10)
      ? Buffer.alloc(random.pick([100_000, 100_001, 3_000_000]), 'x')
      : isText
        ? nearlyText(random)
        : noise(random, lengthOf(random));
    const isCompressed = !random.oneIn(4);
    addMessage(
      frames,
      random,
      isServer,
      isText ? 1 : 2,
      isCompressed ? compress(random, content) : content,
      isCompressed ? 4 : 0,
    );
  }
  return spoil(random, Buffer.concat(frames));
}

function addMessage(
  frames: Buffer[],
  random: Prng,
  isServer: boolean,
  opcode: number,
  content: Buffer,
  bits: number,
): void {
  let pieces = random.oneIn(2) ? 1 : 1 + random.below(8);
  for (let at = 0, isFirst = true; isFirst || at < content.length || pieces > 0; isFirst = false) {
    pieces -= 1;
    const to =
      pieces <= 0
        ? content.length
        : Math.min(content.length, at + random.below(2 * (content.length / pieces) + 1));
    const isLast = to === content.length && (pieces <= 0 || random.oneIn(2));
    frames.push(
      makeFrame(
        random,
        isServer,
        isFirst ? opcode : 0,
        isLast,
        content.subarray(at, to),
        isFirst ? bits : 0,
      ),
    );
    if (isLast) return;
    at = to;
    if (random.oneIn(4))
      frames.push(makeFrame(random, isServer, 9, true, noise(random, random.below(126))));
  }
}

function lengthOf(random: Prng): number {
  return random.oneIn(20) ? random.pick(LONG) : random.pick(EDGES) + random.below(4);
}

/** Text of one kind of letter or of several, here and there with an octet that does not belong. */
function nearlyText(random: Prng): Buffer {
  const letters = random.oneIn(2) ? [random.pick(LETTERS)] : LETTERS;
  const length = lengthOf(random);
  let text = '';
  while (Buffer.byteLength(text) < Math.min(length, 200)) text += random.pick(letters);
  const bytes = Buffer.from(text.repeat(Math.ceil(length / 200))).subarray(0, length);
  // Cut where it may be inside of a letter, or where it is not.
  const whole = random.oneIn(6) ? bytes : Buffer.from(bytes.toString().replace(/\ufffd+$/, ''));
  if (whole.length > 0 && random.oneIn(6)) whole[random.below(whole.length)] = random.word();
  return whole;
}

function compress(random: Prng, content: Buffer): Buffer {
  const isFinal = random.oneIn(6);
  const packed = deflateRawSync(content, {
    level: random.below(10),
    windowBits: 9 + random.below(7),
    strategy: random.pick([
      constants.Z_DEFAULT_STRATEGY,
      constants.Z_FIXED,
      constants.Z_HUFFMAN_ONLY,
      constants.Z_RLE,
    ]),
    finishFlush: isFinal ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
  });
  // A final block may have the padding behind it that the standard shows, and a sender may forget
  // to take the tail off.
  if (isFinal) return random.oneIn(2) ? packed : Buffer.concat([packed, Buffer.of(0)]);
  const bytes = random.oneIn(8) ? packed : packed.subarray(0, -4);
  if (bytes.length > 0 && random.oneIn(6)) bytes[random.below(bytes.length)] = random.word();
  return random.oneIn(12) ? Buffer.concat([bytes, bytes]) : bytes;
}

function spoil(random: Prng, session: Buffer): Buffer {
  if (random.oneIn(8)) session[random.below(session.length)] = random.word();
  return random.oneIn(8) ? session.subarray(0, random.below(session.length + 1)) : session;
}
