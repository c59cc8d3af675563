// Tests of compressed messages that end too early, and of many final blocks.
import type { ExtensionSession } from '@hioload/api';
import { FakeBytePool } from '@hioload/fake';
import { inflatePlainly } from '@hioload/test-support/wire';
import { constants, deflateRawSync, type ZlibOptions } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { GrowingBlock, PermessageDeflate } from '../src/index.js';

const TAIL_BYTES = 4;
const MAX_BYTES = 1_000_000;
const NO_BYTES = Buffer.alloc(0);

const TEXT = Buffer.from(
  'A block with a code of its own: Ångström, 世界, 0123456789, "quotes", {"id":17,"on":true}; the ' +
    'quick brown fox jumps over the lazy dog, again and again, and then more of the same text.',
);

const deflate = (content: Uint8Array, options: ZlibOptions = {}): Buffer =>
  deflateRawSync(content, { finishFlush: constants.Z_SYNC_FLUSH, ...options }).subarray(
    0,
    -TAIL_BYTES,
  );
const endedBlock = (content: Uint8Array): Buffer =>
  deflateRawSync(content, { finishFlush: constants.Z_FULL_FLUSH });

/** Messages of every kind of block. */
const MESSAGES: Readonly<Record<string, Buffer>> = {
  'a dynamic block': deflate(TEXT),
  'a dynamic block of codes alone': deflate(TEXT, { strategy: constants.Z_HUFFMAN_ONLY }),
  'a dynamic block of random letters': deflate(
    Buffer.from(Array.from({ length: 400 }, (_, i) => 65 + ((i * i * 7 + (i >> 3)) % 23))),
    { level: 9 },
  ),
  'a fixed block': deflate(TEXT, { strategy: constants.Z_FIXED }),
  'a short fixed block': deflate(Buffer.from('Hello')),
  'a stored block': deflate(TEXT, { level: 0 }),
  'a stored block of zeros': deflate(Buffer.alloc(90), { level: 0 }),
  'a final dynamic block': Buffer.concat([deflateRawSync(TEXT), Buffer.of(0)]),
  'a final fixed block': Buffer.concat([deflateRawSync(Buffer.from('Hello')), Buffer.of(0)]),
  'a final stored block': Buffer.concat([deflateRawSync(TEXT, { level: 0 }), Buffer.of(0)]),
  'blocks of all kinds': Buffer.concat([
    endedBlock(TEXT),
    deflateRawSync(TEXT, { level: 0, finishFlush: constants.Z_FULL_FLUSH }),
    deflateRawSync(TEXT, { strategy: constants.Z_FIXED }),
    deflateRawSync(Buffer.from('short')),
    deflate(TEXT),
  ]),
};

const [shared, kept] = [false, true].map(
  (contextTakeover) => new PermessageDeflate({ minBytes: 0, contextTakeover }),
);
const sessionOf = (contextTakeover: boolean): ExtensionSession =>
  (contextTakeover ? kept : shared)!.accept([])!.session;

/** Decodes one message in frames that end at the given places. Undefined for an invalid one. */
function decode(
  session: ExtensionSession,
  payload: Uint8Array,
  places: readonly number[] = [],
): Buffer | undefined {
  const out = new GrowingBlock(new FakeBytePool());
  const ends = [...places, payload.length];
  for (const [i, end] of ends.entries()) {
    const start = i === 0 ? 0 : ends[i - 1]!;
    const isLast = i === ends.length - 1;
    const outcome = session.decode(payload, start, end, isLast, out, MAX_BYTES);
    if (outcome !== 'done') {
      expect(outcome).toBe('invalid');
      out.release();
      return undefined;
    }
  }
  const found = Buffer.from(out.bytes.subarray(out.start, out.end));
  out.release();
  return found;
}

/** The content by the standard, and by a session that has read `before`. */
function expectAsStandard(payload: Buffer, contextTakeover: boolean, before?: Buffer): boolean {
  const window = before === undefined ? NO_BYTES : inflatePlainly(before)!.window;
  const expected = inflatePlainly(payload, contextTakeover ? window : NO_BYTES);
  const hex = payload.toString('hex');
  const inTwo = [payload.length >> 1];
  const inOctets = Array.from({ length: Math.min(50, payload.length) }, (_, i) => i);
  for (const places of payload.length % 8 < 2 ? [[], inTwo, inOctets] : [[]]) {
    const session = sessionOf(contextTakeover);
    if (before !== undefined) decode(session, before);
    const found = decode(session, payload, places);
    const content = expected?.content.toString('hex');
    if (found?.toString('hex') !== content) expect(found?.toString('hex'), hex).toBe(content);
    if (expected === undefined) {
      expect(decode(session, deflate(TEXT)), hex).toBeUndefined();
    } else {
      // The next message refers to this one, where it may.
      const next = Buffer.concat([TEXT.subarray(40, 90), expected.content.subarray(0, 60)]);
      const dictionary = contextTakeover ? expected.window : NO_BYTES;
      const packed = deflate(next, dictionary.length > 0 ? { dictionary } : {});
      expect(decode(session, packed)?.toString('hex'), hex).toBe(next.toString('hex'));
    }
    session.release();
  }
  return expected !== undefined;
}

describe.each([false, true])('a compressed message, context takeover: %s', (contextTakeover) => {
  it.each(Object.entries(MESSAGES))('is refused wherever %s is cut', (_name, whole) => {
    expect(expectAsStandard(whole, contextTakeover)).toBe(true);
    for (let end = 0; end < whole.length; end++)
      expectAsStandard(whole.subarray(0, end), contextTakeover);
  });

  it('is refused wherever it is cut behind a message that it refers to', () => {
    const dictionary = inflatePlainly(MESSAGES['a fixed block']!)!.window;
    const second = deflate(Buffer.concat([TEXT.subarray(10), TEXT.subarray(0, 99)]), {
      ...(contextTakeover && { dictionary }),
    });
    for (let end = 0; end <= second.length; end++)
      expectAsStandard(second.subarray(0, end), contextTakeover, MESSAGES['a fixed block']);
  });

  it('is judged by the standard if octets are changed', () => {
    const source = MESSAGES['a dynamic block']!;
    let [state, taken] = [0x2545_f491, 0];
    const random = (below: number): number => {
      state ^= state << 13;
      state ^= state >>> 17;
      state ^= state << 5;
      return (state >>> 0) % below;
    };
    for (let i = 0; i < 600; i++) {
      const payload = Buffer.from(source.subarray(0, 1 + random(source.length)));
      for (let j = random(4); j >= 0; j--)
        payload[random(payload.length)] = random(2) * random(256);
      // Many of them end as whole messages do.
      if (random(2) === 0) payload[payload.length - 1] = 0;
      if (expectAsStandard(payload, contextTakeover)) taken += 1;
    }
    expect(taken).toBeGreaterThan(0);
  });
});

describe('the reference', () => {
  it('knows cut messages from whole ones', () => {
    expect(inflatePlainly(Buffer.from('06bb3d', 'hex'))).toBeUndefined();
    expect(inflatePlainly(Buffer.from('00', 'hex'))?.content).toHaveLength(0);
    for (const [name, whole] of Object.entries(MESSAGES)) {
      if (name === 'blocks of all kinds') continue;
      const { content } = inflatePlainly(whole)!;
      const taken = Array.from({ length: whole.length }, (_, end) => end).filter(
        (end) => inflatePlainly(whole.subarray(0, end)) !== undefined,
      );
      // What can be cut off: everything, all but an octet that is an empty message by itself, and
      // the octet behind a final block.
      const empty = whole[0] === 0 ? [0, 1] : [0];
      expect(taken, name).toEqual(name.includes('final') ? [...empty, whole.length - 1] : empty);
      expect(content.length).toBeGreaterThan(0);
    }
  });
});

describe('final blocks', () => {
  const many = (block: string, times: number): Buffer =>
    Buffer.concat([Buffer.from(block.repeat(times), 'hex'), Buffer.of(0)]);

  it.each([
    ['empty blocks', '0300'],
    ['empty blocks without compression', '010000ffff'],
    ['empty blocks of both kinds', '0300010000ffff'],
    ['blocks of one letter', '4b0400'],
  ])('may be any number in one message: %s', (_name, block) => {
    for (const contextTakeover of [false, true]) {
      for (const times of [1, 8, 9, 100]) {
        const payload = many(block, times);
        expectAsStandard(payload, contextTakeover);
        expectAsStandard(payload.subarray(0, -1), contextTakeover);
        expectAsStandard(payload.subarray(0, -2), contextTakeover);
      }
      const session = sessionOf(contextTakeover);
      const letters = block === '4b0400' ? 30_000 : 0;
      expect(decode(session, many(block, 30_000))).toHaveLength(letters);
      session.release();
    }
  });

  it('leave the bytes behind the last one as a window for the next message', () => {
    const first = Buffer.concat([deflateRawSync(Buffer.from('gone')), deflate(TEXT)]);
    const session = sessionOf(true);
    expect(decode(session, first)?.toString()).toBe(`gone${TEXT.toString()}`);
    const next = deflate(TEXT, { dictionary: TEXT });
    expect(next.length).toBeLessThan(40);
    expect(decode(session, next)?.toString()).toBe(TEXT.toString());
  });
});
