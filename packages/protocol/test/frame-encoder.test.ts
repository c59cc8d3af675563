// Tests of the frame encoder.
import { FakeBytePool } from '@hioload/fake';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type EncodedFrames,
  emptyFrameHeader,
  FrameEncoder,
  nextMaskKey,
  readFrameHeader,
} from '../src/index.js';
import { readAll } from './messages.js';

function encoderFor(role: 'server' | 'client' = 'server', pool = new FakeBytePool()) {
  return { pool, encoder: new FrameEncoder({ role, pool }) };
}

/** A copy of the bytes that an encoder holds. */
function flushed(encoder: FrameEncoder): Buffer {
  let found = Buffer.alloc(0);
  encoder.flush((bytes, start, end) => (found = Buffer.from(bytes.subarray(start, end))));
  return found;
}

const bytes = Buffer.from('xxHelloxx');

describe('FrameEncoder', () => {
  it('writes the frames of RFC 6455 section 5.7', () => {
    const { encoder } = encoderFor();
    encoder.text('Hello');
    encoder.message(bytes, 2, 7, false);
    encoder.frame(false, 0, 1, bytes, 2, 5);
    encoder.frame(true, 0, 0, bytes, 5, 7);
    encoder.ping(bytes, 2, 7);
    encoder.pong(Buffer.from('Hello'));
    encoder.message(Buffer.alloc(256), 0, 256, true);
    const hello = '48656c6c6f';
    const expected =
      `8105${hello}8105${hello}010348656c80026c6f8905${hello}8a05${hello}` +
      `827e0100${'00'.repeat(256)}`;
    expect(encoder.pendingBytes).toBe(expected.length / 2);
    expect(flushed(encoder).toString('hex')).toBe(expected);
    expect(encoder.pendingBytes).toBe(0);
  });

  it('masks the frames of a client, each with a key of its own', () => {
    const { encoder } = encoderFor('client');
    for (let i = 0; i < 100; i++) encoder.message(bytes, 2, 7, false);
    const found = flushed(encoder);
    const keys = new Set<number>();
    const header = emptyFrameHeader();
    for (let at = 0; at < found.length; at += 11) {
      readFrameHeader(found, at, found.length, header);
      expect(header).toMatchObject({ masked: true, payloadBytes: 5 });
      keys.add(header.maskKey);
    }
    expect(keys.size).toBe(100);
    expect(readAll([found], { role: 'server' }).events).toEqual(Array(100).fill('text 48656c6c6f'));
  });

  it('does not change the bytes that it encodes', () => {
    const { encoder } = encoderFor('client');
    const given = Buffer.alloc(5_000, 7);
    encoder.message(given, 0, 5_000, true);
    encoder.message(given, 1, 4_000, true);
    expect(given.every((octet) => octet === 7)).toBe(true);
  });

  it('writes close frames with a code, a reason, or neither', () => {
    const { encoder } = encoderFor();
    encoder.close();
    encoder.close(1000);
    encoder.close(4999, 'é'.repeat(61));
    expect(flushed(encoder).toString('hex')).toBe(`8800880203e8887c1387${'c3a9'.repeat(61)}`);
    expect(() => encoder.close(1005, 'x')).toThrow(
      expect.objectContaining({ code: 'HIOLOAD_CLOSE_CODE_INVALID' }),
    );
    expect(() => encoder.close(1006)).toThrow(
      expect.objectContaining({ code: 'HIOLOAD_CLOSE_CODE_INVALID' }),
    );
    expect(() => encoder.close(1000, 'é'.repeat(62))).toThrow(
      expect.objectContaining({ code: 'HIOLOAD_CLOSE_REASON_TOO_LONG' }),
    );
  });

  it('refuses control payloads of 126 bytes', () => {
    const { encoder } = encoderFor();
    const tooLong = expect.objectContaining({ code: 'HIOLOAD_CONTROL_PAYLOAD_TOO_LONG' });
    expect(() => encoder.ping(Buffer.alloc(126))).toThrow(tooLong);
    expect(() => encoder.pong(Buffer.alloc(200), 10, 136)).toThrow(tooLong);
    expect(encoder.pendingBytes).toBe(0);
    encoder.ping(Buffer.alloc(125));
    expect(encoder.pendingBytes).toBe(127);
  });

  it('encodes once for many receivers', () => {
    const { encoder, pool } = encoderFor();
    expect(encoder.take()).toBeUndefined();
    encoder.text('to all');
    const encoded = encoder.take() as EncodedFrames;
    expect(encoder.pendingBytes).toBe(0);
    const receivers = [
      new FrameEncoder({ role: 'server', pool }),
      new FrameEncoder({ role: 'server', pool }),
    ];
    for (const receiver of receivers) {
      receiver.text('before');
      receiver.append(encoded);
    }
    encoded.release();
    for (const receiver of receivers) {
      expect(readAll([flushed(receiver)]).events).toEqual(
        ['before', 'to all'].map((t) => `text ${Buffer.from(t).toString('hex')}`),
      );
    }
    expect(pool.outstanding).toBe(0);
  });

  it('releases its block after each flush, on release, and when the writer throws', () => {
    const { encoder, pool } = encoderFor();
    encoder.flush(() => expect.fail('nothing waits'));
    encoder.text('a');
    flushed(encoder);
    encoder.text('b');
    encoder.release();
    encoder.text('c');
    expect(() =>
      encoder.flush(() => {
        throw new Error('of the writer');
      }),
    ).toThrow('of the writer');
    expect(pool.outstanding).toBe(0);
  });

  it('adds nothing if the pool is exhausted', () => {
    const { encoder } = encoderFor('server', new FakeBytePool({ maxBytes: 8_192 }));
    expect(encoder.text('fits')).toBe(true);
    expect(encoder.text('x'.repeat(9_000))).toBe(false);
    expect(encoder.message(Buffer.alloc(9_000), 0, 9_000, true)).toBe(false);
    expect(flushed(encoder).toString('hex')).toBe('810466697473');
  });

  it.each(['server', 'client'] as const)('is read back by the other side of a %s', (role) => {
    const text = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 50 }),
      fc.string({ maxLength: 300 }),
      fc
        .constantFrom(23, 24, 25, 41, 42, 43, 125, 126, 1_024, 1_025, 3_000, 21_845, 65_535, 65_536)
        .chain((length) =>
          fc.constantFrom('a', 'é', '漢', '\ud800').map((letter) => letter.repeat(length)),
        ),
    );
    const binary = fc.tuple(
      fc.constantFrom(0, 1, 15, 16, 17, 125, 126, 255, 2_047, 2_048, 65_535, 65_536),
      fc.nat(9),
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(text, binary), { maxLength: 6 }), (messages) => {
        const { encoder, pool } = encoderFor(role);
        const expected = messages.map((message) => {
          if (typeof message === 'string') {
            encoder.text(message);
            return `text ${Buffer.from(message).toString('hex')}`.trimEnd();
          }
          const [length, skew] = message;
          const source = Buffer.from(
            Uint8Array.from({ length: length + 2 * skew }, (_, index) => index * 31),
          );
          encoder.message(source, skew, skew + length, true);
          return `binary ${source.subarray(skew, skew + length).toString('hex')}`.trimEnd();
        });
        const result = readAll([flushed(encoder)], {
          role: role === 'server' ? 'client' : 'server',
        });
        expect(result.violation).toBeUndefined();
        expect(result.events).toEqual(expected);
        expect(pool.outstanding).toBe(0);
      }),
    );
  });
});

describe('nextMaskKey', () => {
  it('does not repeat itself and uses all 32 bits', () => {
    const keys = Array.from({ length: 10_000 }, nextMaskKey);
    // Among 10,000 draws from 2^32 the average is 0.01 equal pairs, so ten never happen.
    expect(new Set(keys).size).toBeGreaterThan(9_990);
    for (let bit = 0; bit < 32; bit++) {
      const share = keys.filter((key) => ((key >>> bit) & 1) === 1).length / keys.length;
      // The bound is ten standard deviations to each side.
      expect(Math.abs(share - 0.5)).toBeLessThan(0.05);
    }
  });
});
