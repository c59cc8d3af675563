// Makes random sessions of frames, mostly valid.
import type { Prng } from '@hioload/test-support/random';

const TEXTS = [
  '',
  'a',
  'Hello',
  'äöü',
  '漢字',
  '😀',
  'x'.repeat(125),
  'x'.repeat(126),
  'é'.repeat(70),
  '\u{10ffff}\ud7ff',
];
const NOT_TEXT = ['ff', 'c0', 'c3', 'e282', 'eda080', 'f0908080ff', 'f4908080', '80', '61e2', 'e2'];
const CLOSE_CODES = [
  0, 999, 1000, 1001, 1003, 1004, 1005, 1006, 1007, 1011, 1014, 1015, 1016, 2999, 3000, 4999, 5000,
];
const LENGTHS = [0, 1, 2, 7, 124, 125, 126, 127, 128, 300, 1_000, 2_050, 5_000];

/**
 * Sessions made from the grammar of RFC 6455, mostly valid, with here and there a rule broken on
 * purpose and here and there an octet changed by chance.
 */
export function makeSession(random: Prng, isServer: boolean): Buffer {
  const frames: Buffer[] = [];
  let inMessage = false;
  for (let left = random.below(8) + 1; left > 0; left--) {
    const kind = random.below(12);
    if (kind === 0)
      frames.push(
        makeFrame(random, isServer, random.pick([9, 10]), true, noise(random, random.below(126))),
      );
    else if (kind === 1 && random.oneIn(3))
      frames.push(makeFrame(random, isServer, 8, true, closePayload(random)));
    else {
      const opcode = inMessage !== random.oneIn(25) ? 0 : random.pick([1, 2]);
      const fin = random.below(3) > 0;
      const payload = random.oneIn(3) ? noise(random, random.pick(LENGTHS)) : text(random);
      frames.push(makeFrame(random, isServer, opcode, fin, payload));
      inMessage = !fin;
    }
  }
  const bytes = Buffer.concat(frames);
  if (random.oneIn(4))
    for (let i = random.below(3); i >= 0; i--) bytes[random.below(bytes.length)] = random.word();
  return random.oneIn(6) ? bytes.subarray(0, random.below(bytes.length + 1)) : bytes;
}

/** Cuts bytes into chunks of their own memory, from single octets to all at once. */
export function cutAtRandom(random: Prng, bytes: Uint8Array): Buffer[] {
  const longest = random.pick([1, 3, 20, 200, 10_000]);
  const chunks: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const to = Math.min(bytes.length, at + 1 + random.below(longest));
    chunks.push(Buffer.from(bytes.subarray(at, to)));
    at = to;
  }
  return chunks;
}

/** A frame, masked where its reader is a server; here and there with a fault in its header. */
export function makeFrame(
  random: Prng,
  isServer: boolean,
  opcode: number,
  fin: boolean,
  payload: Buffer,
  bits = 0,
): Buffer {
  const rsv = random.oneIn(60) ? random.below(8) : bits;
  const written = random.oneIn(60) ? random.below(16) : opcode;
  const isMasked = isServer !== random.oneIn(60);
  const isLong = random.oneIn(60) ? random.pick([126, 127]) : 0;
  const form = Math.max(isLong, payload.length < 126 ? 0 : payload.length < 65_536 ? 126 : 127);
  const length = Buffer.alloc(form === 0 ? 0 : form === 126 ? 2 : 8);
  if (form === 126) length.writeUInt16BE(payload.length);
  if (form === 127) {
    length.writeBigUInt64BE(BigInt(payload.length));
    if (random.oneIn(3)) length[random.below(8)] = random.word();
  }
  const key = Buffer.alloc(isMasked ? 4 : 0);
  if (isMasked && !random.oneIn(5)) key.writeUInt32BE(random.word());
  const body = isMasked ? payload.map((octet, index) => octet ^ key[index % 4]!) : payload;
  const isFinal = fin || (opcode >= 8 && !random.oneIn(30));
  const head = [
    (isFinal ? 0x80 : 0) | (rsv << 4) | written,
    (isMasked ? 0x80 : 0) | (form === 0 ? payload.length : form),
  ];
  return Buffer.concat([Buffer.from(head), length, key, body]);
}

function text(random: Prng): Buffer {
  const whole = Buffer.from(random.pick(TEXTS) + random.pick(TEXTS));
  if (random.oneIn(8)) return Buffer.concat([whole, Buffer.from(random.pick(NOT_TEXT), 'hex')]);
  return random.oneIn(8) ? whole.subarray(0, random.below(whole.length + 1)) : whole;
}

function closePayload(random: Prng): Buffer {
  if (random.oneIn(4)) return noise(random, random.below(4));
  const code = Buffer.alloc(2);
  code.writeUInt16BE(random.pick(CLOSE_CODES));
  return Buffer.concat([code, text(random).subarray(0, 123)]);
}

/** Octets that mean nothing. */
export function noise(random: Prng, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  for (let at = 0; at < length; at++) bytes[at] = random.word();
  return bytes;
}
