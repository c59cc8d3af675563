// Tests of compression: right and wrong data, context takeover and memory.
import type { CompressionOptions, ExtensionSession } from '@hioload/api';
import { FakeBytePool } from '@hioload/fake';
import fc from 'fast-check';
import { randomBytes } from 'node:crypto';
import { constants, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import {
  FrameEncoder,
  GrowingBlock,
  parseExtensions,
  PermessageDeflate,
  Violation,
} from '../src/index.js';
import { encodeFrame, type FrameSpec } from './frames.js';
import { octets, readAll } from './messages.js';

const parse = (text: string) => parseExtensions(`permessage-deflate${text}`)?.[0]?.parameters ?? [];

/** Makes the session of a server from an offer. */
function sessionOf(options: CompressionOptions = {}, offer = ''): ExtensionSession {
  return new PermessageDeflate({ minBytes: 0, ...options }).accept(parse(offer))!.session;
}

const glue = (frames: readonly FrameSpec[]): Buffer => Buffer.concat(frames.map(encodeFrame));

/** Reads frames in one chunk and in single octets, each time with a session of its own. */
function read(
  frames: readonly FrameSpec[],
  options: CompressionOptions = {},
  maxMessageBytes = 1_000_000,
) {
  const bytes = glue(frames);
  const results = [[bytes], octets(bytes)].map((chunks) => {
    const extension = sessionOf(options);
    const { events, violation, pool } = readAll(chunks, { extension, maxMessageBytes });
    expect(pool.outstanding).toBe(0);
    return { events, violation };
  });
  expect(results[1]).toEqual(results[0]);
  return results[0]!;
}

const compressed = (payload: string, more: Partial<FrameSpec> = {}): FrameSpec => ({
  rsv: 4,
  payload,
  ...more,
});
const HELLO = `text ${Buffer.from('Hello').toString('hex')}`;

describe('permessage-deflate', () => {
  it('is available in this Node', () => {
    expect(PermessageDeflate.isAvailable).toBe(true);
  });

  describe('decompressing', () => {
    // The examples of RFC 7692 section 7.2.3.
    it.each([
      ['one block', [compressed('0xf248cdc9c90700')]],
      [
        'two frames',
        [compressed('0xf248cd', { fin: false }), { opcode: 0, payload: '0xc9c90700' }],
      ],
      ['a block without compression', [compressed('0x000500faff48656c6c6f00')]],
      ['a final block', [compressed('0xf348cdc9c9070000')]],
      ['two blocks', [compressed('0xf248050000 00ffffcac9c90700'.replace(' ', ''))]],
    ])('reads %s of the standard', (_name, frames) => {
      expect(read(frames)).toEqual({ events: [HELLO], violation: undefined });
    });

    it('keeps the window between messages only if the handshake agreed on it', () => {
      const frames = [compressed('0xf248cdc9c90700'), compressed('0xf200110000')];
      expect(read(frames, { contextTakeover: true }).events).toEqual([HELLO, HELLO]);
      expect(read(frames)).toEqual({ events: [HELLO], violation: Violation.NotDecodable });
    });

    it('reads empty messages, empty frames and messages that are not compressed', () => {
      const frames = [
        compressed('0x00'),
        compressed(''),
        compressed('', { fin: false }),
        { opcode: 9 },
        { opcode: 0, fin: false, payload: '0xf248cdc9c907' },
        { opcode: 0, payload: '0x00' },
        { payload: 'Hello' },
      ];
      expect(read(frames).events).toEqual(['text', 'text', 'ping', HELLO, HELLO]);
    });

    it.each([
      ['a reserved block type', '0xffffff'],
      ['a distance before the start', '0xf200110000'],
      ['a length that does not match its complement', '0x000500ffff'],
      ['octets that end within a block', '0x06bb3d'],
      ['octets that a sender has to remove', '0xf248cdc9c907000000ffff'],
    ])('fails on %s', (_name, payload) => {
      expect(read([compressed(payload)]).violation).toBe(Violation.NotDecodable);
    });

    it('validates the inflated text', () => {
      const hex = (text: Buffer): string =>
        `0x${deflateRawSync(text, { finishFlush: constants.Z_SYNC_FLUSH })
          .subarray(0, -4)
          .toString('hex')}`;
      expect(read([compressed(hex(Buffer.from('aé')))]).events).toEqual(['text 61c3a9']);
      expect(read([compressed(hex(Buffer.from([0x61, 0xc3])))]).violation).toBe(
        Violation.TextNotUtf8,
      );
    });

    it('takes a message that inflates to the limit, and refuses one octet more at once', () => {
      const zeros = (length: number): string =>
        `0x${deflateRawSync(Buffer.alloc(length)).toString('hex')}`;
      expect(read([compressed(zeros(50_000), { opcode: 2 })], {}, 50_000).events).toHaveLength(1);
      expect(read([compressed(zeros(50_001), { opcode: 2 })], {}, 50_000).violation).toBe(
        Violation.MessageTooBig,
      );
    });

    it('refuses a message that ends inside a block', () => {
      const whole = deflateRawSync(randomBytes(2_000), {
        finishFlush: constants.Z_SYNC_FLUSH,
      }).subarray(0, -4);
      const text = deflateRawSync('what is cut off '.repeat(9), {
        finishFlush: constants.Z_SYNC_FLUSH,
      }).subarray(0, 9);
      for (const cutOff of [whole.subarray(0, 300), text]) {
        const frame = { opcode: 2, rsv: 4, payload: cutOff };
        for (const contextTakeover of [false, true]) {
          expect(read([frame], { contextTakeover }).violation).toBe(Violation.NotDecodable);
        }
      }
    });

    it('takes random data of the longest size, which compression makes longer', () => {
      const noise = randomBytes(100_000);
      const deflated = deflateRawSync(noise, {
        memLevel: 1,
        finishFlush: constants.Z_SYNC_FLUSH,
      }).subarray(0, -4);
      expect(deflated.length).toBeGreaterThan(noise.length);
      const { events } = read([{ opcode: 2, rsv: 4, payload: deflated }], {}, noise.length);
      expect(events[0] === `binary ${noise.toString('hex')}`).toBe(true);
      expect(read([{ opcode: 2, payload: deflated }], {}, noise.length).violation).toBe(
        Violation.MessageTooBig,
      );
    });

    it('inflates at most one octet beyond the limit', () => {
      const bomb = deflateRawSync(Buffer.alloc(1_000_000));
      const out = new GrowingBlock(new FakeBytePool());
      expect(sessionOf().decode(bomb, 0, bomb.length, true, out, 70_000)).toBe('too-big');
      expect(out.byteLength).toBe(70_001);
    });

    it('starts again after a final block, even without the padding after it', () => {
      const frames = [compressed('0xf348cdc9c90700'), compressed('0xf248cdc9c90700')];
      expect(read(frames, { contextTakeover: true }).events).toEqual([HELLO, HELLO]);
      expect(read(frames).events).toEqual([HELLO, HELLO]);
    });

    it('does not fill the pool with a bomb', () => {
      const bomb = deflateRawSync(Buffer.alloc(50_000_000), { level: 9 });
      const frame = encodeFrame({ rsv: 4, opcode: 2, payload: bomb });
      const pool = new FakeBytePool();
      const result = readAll([frame], { extension: sessionOf(), maxMessageBytes: 100_000, pool });
      expect(result.violation).toBe(Violation.MessageTooBig);
      // The pool lends a block of the next power of two while the block before it is copied.
      expect(pool.peakBytes).toBeLessThanOrEqual(2 * 131_072);
    });

    it('fails without memory, and releases its block', () => {
      const payload = deflateRawSync(Buffer.alloc(50_000));
      const pool = new FakeBytePool({ maxBytes: 20_000 });
      const frame = encodeFrame({ rsv: 4, opcode: 2, payload });
      expect(readAll([frame], { extension: sessionOf(), pool }).violation).toBe(
        Violation.PoolExhausted,
      );
      expect(pool.outstanding).toBe(0);
    });

    it('never marks a continuation or a control frame, and refuses such a mark', () => {
      for (const frame of [compressed('', { opcode: 9 }), compressed('', { opcode: 8 })]) {
        expect(read([frame]).violation).toBe(Violation.ReservedBits);
      }
      const frames = [compressed('', { fin: false }), compressed('', { opcode: 0 })];
      expect(read(frames).violation).toBe(Violation.ReservedBits);
    });
  });

  describe('compressing', () => {
    function encode(messages: readonly (string | Buffer)[], extension: ExtensionSession): Buffer {
      const encoder = new FrameEncoder({ role: 'server', pool: new FakeBytePool(), extension });
      for (const message of messages) {
        if (typeof message === 'string') encoder.text(message);
        else encoder.message(message, 0, message.length, true);
      }
      let found = Buffer.alloc(0);
      encoder.flush((bytes, start, end) => (found = Buffer.from(bytes.subarray(start, end))));
      return found;
    }

    it('writes the example of the standard: the mark on the first frame, and no tail', () => {
      const bytes = encode(['Hello Hello Hello'], sessionOf());
      expect(bytes[0]).toBe(0xc1);
      expect(bytes.subarray(-4).toString('hex')).not.toBe('0000ffff');
      expect(readAll([bytes], { extension: sessionOf() }).events).toHaveLength(1);
    });

    it('does not compress short, very long and incompressible messages', () => {
      const options = { minBytes: 10, maxBytes: 2_000 };
      const noise = randomBytes(1_000);
      const first = (message: string | Buffer): number =>
        encode([message], sessionOf(options))[0]! & 0x40;
      expect([first('x'.repeat(9)), first('x'.repeat(2_001)), first(noise)]).toEqual([0, 0, 0]);
      expect([first('x'.repeat(10)), first('x'.repeat(2_000))]).toEqual([0x40, 0x40]);
    });

    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 100 }),
      fc
        .tuple(fc.constantFrom('ab', 'ä', '{"id":1}'), fc.nat(9_000))
        .map(([unit, times]) => unit.repeat(times)),
    );
    const noise = fc
      .uint8Array({ maxLength: 3_000, size: 'max' })
      .map((bytes) => Buffer.from(bytes));
    const bits = fc.integer({ min: 8, max: 15 });

    it('gives the sent messages for any terms, in both directions', () => {
      const options = fc.record({
        contextTakeover: fc.boolean(),
        windowBits: bits,
        peerWindowBits: bits,
        level: fc.constantFrom(1, 6, 9),
      });
      fc.assert(
        fc.property(
          fc.array(fc.oneof(text, noise), { maxLength: 6 }),
          options,
          fc.boolean(),
          (messages, terms, up) => {
            const server = new PermessageDeflate({ minBytes: 0, ...terms });
            const client = new PermessageDeflate({ minBytes: 0, ...terms });
            const agreement = server.accept(client.offers()[0]!)!;
            const settled = client.settle(agreement.parameters)!;
            const [sender, receiver] = up
              ? [settled, agreement.session]
              : [agreement.session, settled];
            const bytes = encode(messages, sender);
            const result = readAll([bytes], { extension: receiver });
            const kinds = messages.map((message) =>
              typeof message === 'string' ? 'text' : 'binary',
            );
            const expected = messages.map((message, index) =>
              `${kinds[index]} ${Buffer.from(message).toString('hex')}`.trimEnd(),
            );
            expect(result.violation).toBeUndefined();
            expect(result.events).toEqual(expected);
            sender.release();
            receiver.release();
            sender.release();
            expect([server.contexts.lentBytes, client.contexts.lentBytes]).toEqual([0, 0]);
          },
        ),
        { numRuns: 60 },
      );
    });
  });
});
