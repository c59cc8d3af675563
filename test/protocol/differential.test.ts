// Compares our codec with the codec of `ws` on random sessions.
import { FakeBytePool } from '@hioload/fake';
import { FrameEncoder, MAX_FRAME_HEADER_BYTES, PermessageDeflate } from '@hioload/protocol';
import { Prng } from '@hioload/test-support/random';
import fc from 'fast-check';
import { Duplex } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { type OurOutcome, readByOurs } from './our-reader.js';
import { type Outcome, readByTheBook } from './reference-reader.js';
import { cutAtRandom, makeSession } from './sessions.js';
import { PerMessageDeflate, readByWs, Receiver, Sender } from './ws-codec.js';

const LIMITS = { maxMessageBytes: 4_000, maxFragments: 3 };

/**
 * Where `ws` and we part, and what the standard says. Anything else that differs fails the test.
 *
 * - `length-form`: ws takes a length in a longer form than it needs. "The minimal number of bytes
 *   MUST be used" (RFC 6455 section 5.2), so we answer 1002. A 64-bit length with its top bit set
 *   MUST NOT be (same section): 1002 here, 1009 there.
 * - `early-utf8`: ws looks at a text when its message is whole. "MUST _Fail the WebSocket
 *   Connection_" (section 8.1) does not say when; we fail at the first octet that proves it, with
 *   what came after it unread.
 * - `first-of-two-faults`: a frame that is both too long and out of place is too long for us (1009)
 *   and out of place for ws (1002), or the other way round. The standard does not rank them.
 * - `early-fragment`: ws counts a fragment when all of it is there, we when its header is. Both
 *   limits are of our own making.
 * - `header-end`: ws judges what it knows of a header that is not all there yet; we judge whole
 *   headers.
 */
function differenceOf(
  ours: OurOutcome,
  theirs: Outcome,
  stream: Uint8Array,
  isServer: boolean,
): string | undefined {
  const isPrefix = ours.events.every((event, index) => theirs.events[index] === event);
  const sameEvents = isPrefix && ours.events.length === theirs.events.length;
  if (sameEvents && ours.code === theirs.code) return undefined;
  if (isPrefix && ours.rule.startsWith('length-')) return 'length-form';
  if (isPrefix && ours.rule === 'text-not-utf8') return 'early-utf8';
  if (!sameEvents) return 'unexplained';
  if (ours.rule === 'too-many-fragments' && theirs.code === 0) return 'early-fragment';
  if (ours.code === 0) {
    const completed = Buffer.concat([stream, Buffer.alloc(MAX_FRAME_HEADER_BYTES)]);
    return readByTheBook(completed, { ...LIMITS, isServer }).code === 0
      ? 'unexplained'
      : 'header-end';
  }
  return LISTED_PAIRS.has(`${ours.code} ${theirs.code}`) ? 'first-of-two-faults' : 'unexplained';
}

const LISTED_PAIRS = new Set(['1009 1002', '1002 1009', '1008 1009', '1009 1008']);

describe('our codec and the codec of ws', () => {
  it('agree on generated sessions, valid and invalid, except for the listed differences', () => {
    const counts: Record<string, number> = {};
    for (let seed = 1; seed <= 3_000; seed++) {
      const random = new Prng(seed);
      const isServer = random.oneIn(2);
      const session = makeSession(random, isServer);
      const ours = readByOurs(cutAtRandom(random, session), { ...LIMITS, isServer });
      const theirs = readByWs(cutAtRandom(random, session), { ...LIMITS, isServer });
      const difference = differenceOf(ours, theirs, session, isServer) ?? 'none';
      counts[difference] = (counts[difference] ?? 0) + 1;
      if (difference === 'unexplained')
        expect({ seed, ours, session: session.toString('hex') }).toEqual({ theirs });
    }
    expect(counts['none']).toBeGreaterThan(2_500);
  });

  it.each([
    ['length-form', '827e00026162'],
    ['length-form', '827f8000000000000000'],
    ['early-utf8', '0101ff'],
    ['first-of-two-faults', '007e2000'],
    ['early-fragment', '0100000000000001'],
    ['header-end', '817e'],
  ])('differ by %s in %s', (difference, hex) => {
    const stream = Buffer.from(hex, 'hex');
    const isServer = difference === 'header-end';
    const ours = readByOurs([Buffer.from(stream)], { ...LIMITS, isServer });
    const theirs = readByWs([Buffer.from(stream)], { ...LIMITS, isServer });
    expect(differenceOf(ours, theirs, stream, isServer)).toBe(difference);
  });

  it('write the same octets for the same messages', () => {
    const message = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 200 }),
      fc.uint8Array({ maxLength: 300 }),
    );
    const long = fc.constantFrom(125, 126, 65_535, 65_536).map((length) => 'x'.repeat(length));
    fc.assert(
      fc.property(
        fc.array(fc.oneof(message, long), { maxLength: 5 }),
        fc.uint8Array({ maxLength: 125 }),
        (messages, ping) => {
          const ours = new FrameEncoder({ role: 'server', pool: new FakeBytePool() });
          const { socket, written } = listening();
          const theirs = new Sender(socket);
          for (const data of messages) {
            const isBinary = typeof data !== 'string';
            if (isBinary) ours.message(data, 0, data.length, true);
            else ours.text(data);
            theirs.send(data, { fin: true, binary: isBinary, compress: false, mask: false });
          }
          ours.ping(ping);
          theirs.ping(ping, false);
          ours.pong(ping);
          theirs.pong(ping, false);
          ours.close(4000, 'done');
          theirs.close(4000, 'done', false, () => undefined);
          ours.flush((bytes, start, end) =>
            expect(Buffer.from(bytes.subarray(start, end)).equals(written())).toBe(true),
          );
        },
      ),
    );
  });

  it.each([false, true])(
    'understand each other compressed, with context takeover: %s',
    async (contextTakeover) => {
      const texts = [
        'Hello',
        '',
        'x'.repeat(5_000),
        'Hello',
        JSON.stringify({ list: Array.from({ length: 500 }, String) }),
      ];
      const expected = texts.map((text) => `text ${Buffer.from(text).toString('hex')}`.trimEnd());
      const terms = {
        serverNoContextTakeover: !contextTakeover,
        clientNoContextTakeover: !contextTakeover,
      };

      const theirSide = () => {
        const deflate = new PerMessageDeflate({
          ...terms,
          isServer: true,
          maxPayload: 100_000,
          threshold: 0,
        });
        deflate.accept([{}]);
        return { 'permessage-deflate': deflate };
      };
      const extension = new PermessageDeflate({ contextTakeover, minBytes: 0 }).accept([])!.session;
      const encoder = new FrameEncoder({ role: 'server', pool: new FakeBytePool(), extension });
      for (const text of texts) encoder.text(text);
      const events: string[] = [];
      const receiver = new Receiver({
        isServer: false,
        maxPayload: 100_000,
        extensions: theirSide(),
      });
      const all = new Promise<void>((resolve, reject) => {
        receiver.on('error', reject).on('message', (data: Buffer) => {
          events.push(`text ${data.toString('hex')}`.trimEnd());
          if (events.length === texts.length) resolve();
        });
      });
      encoder.flush((bytes, start, end) => receiver.write(Buffer.from(bytes.subarray(start, end))));
      await all;
      expect(events).toEqual(expected);

      const { socket, written, until } = listening();
      const sender = new Sender(socket, theirSide());
      for (const text of texts)
        sender.send(text, { fin: true, binary: false, compress: true, mask: false });
      // The last message is the one that tells that all are out: the sender keeps their order.
      await new Promise<void>((resolve) => sender.close(1000, '', false, resolve));
      await until('880203e8');
      const options = { maxMessageBytes: 100_000, maxFragments: 1, isServer: false };
      const found = readByOurs([written()], { ...options, extension });
      expect(found).toMatchObject({ events: [...expected, 'close 1000'], code: 0 });
    },
  );
});

/** A socket that keeps what is written to it. */
function listening() {
  const chunks: Buffer[] = [];
  const waiting: (() => void)[] = [];
  const socket = new Duplex({
    read: () => undefined,
    write: (chunk: Buffer, _encoding, done) => {
      chunks.push(chunk);
      for (const wake of waiting.splice(0)) wake();
      done();
    },
  });
  const written = (): Buffer => Buffer.concat(chunks);
  const until = async (ending: string): Promise<void> => {
    while (!written().toString('hex').endsWith(ending))
      await new Promise<void>((wake) => waiting.push(wake));
  };
  return { socket, written, until };
}
