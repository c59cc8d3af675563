// Tests of the reader that turns bytes into messages.
import { CloseCode } from '@hioload/api';
import { FakeBytePool } from '@hioload/fake';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MessageReader, type ProtocolViolation, Violation } from '../src/index.js';
import { cut, encodeFrame, type FrameSpec } from './frames.js';
import { octets, readAll, readerFor } from './messages.js';

const hexOf = (text: string): string => Buffer.from(text).toString('hex');
const glue = (frames: readonly FrameSpec[]): Buffer => Buffer.concat(frames.map(encodeFrame));

/** Reads frames in one chunk and in single octets, and expects the same result from both. */
function read(frames: readonly FrameSpec[], options: Parameters<typeof readAll>[1] = {}) {
  const bytes = glue(frames);
  const glued = readAll([bytes], options);
  const inOctets = readAll(octets(bytes), options);
  expect(inOctets.events).toEqual(glued.events);
  expect(inOctets.violation).toBe(glued.violation);
  expect([glued.pool.outstanding, inOctets.pool.outstanding]).toEqual([0, 0]);
  return { events: glued.events, violation: glued.violation };
}

const close = (payload: string): FrameSpec => ({ opcode: 8, payload });

describe('MessageReader', () => {
  it('distinguishes text and binary, and sends no answer itself', () => {
    const frames = [
      { payload: 'Hé' },
      { opcode: 2, payload: '0xff00' },
      { opcode: 9, payload: 'p' },
      { opcode: 10 },
    ];
    expect(read(frames)).toEqual({
      events: [`text ${hexOf('Hé')}`, 'binary ff00', 'ping 70', 'pong'],
      violation: undefined,
    });
  });

  it('joins fragments, also empty ones and split code points, with pings between them', () => {
    const smile = Buffer.from('😀');
    const frames = [
      { fin: false, payload: '' },
      { opcode: 9, payload: '1' },
      { opcode: 0, fin: false, payload: smile.subarray(0, 1) },
      { opcode: 0, fin: false, payload: '' },
      { opcode: 0, fin: false, payload: smile.subarray(1, 3) },
      { opcode: 10, payload: '2' },
      { opcode: 0, payload: smile.subarray(3) },
      { opcode: 2, fin: false, payload: 'ab' },
      { opcode: 0, payload: '' },
      { opcode: 2, fin: false, payload: '' },
      { opcode: 0, payload: '' },
    ];
    expect(read(frames).events).toEqual([
      'ping 31',
      'pong 32',
      'text f09f9880',
      'binary 6162',
      'binary',
    ]);
  });

  it.each<readonly [string, readonly FrameSpec[], ProtocolViolation]>([
    ['a continuation of nothing', [{ opcode: 0 }], Violation.ContinuationOfNothing],
    [
      'a first continuation that is the last',
      [{ opcode: 0, fin: false }],
      Violation.ContinuationOfNothing,
    ],
    [
      'a text inside of a message',
      [{ fin: false }, { payload: 'x' }],
      Violation.MessageInsideMessage,
    ],
    [
      'a binary inside of a message',
      [{ fin: false }, { opcode: 2, fin: false }],
      Violation.MessageInsideMessage,
    ],
    ['text that is not UTF-8', [{ payload: '0x61ff' }], Violation.TextNotUtf8],
    ['text cut inside of a code point', [{ payload: '0xc3' }], Violation.TextNotUtf8],
    [
      'fragments that end inside of a code point',
      [
        { fin: false, payload: 'a' },
        { opcode: 0, payload: '0xe282' },
      ],
      Violation.TextNotUtf8,
    ],
    ['a close payload of one byte', [close('0x03')], Violation.ClosePayloadTooShort],
    ['a close reason that is not UTF-8', [close('0x03e8c3')], Violation.CloseReasonNotUtf8],
    ...[0, 999, 1004, 1005, 1006, 1015, 1016, 1100, 2000, 2999, 5000, 65_535].map(
      (code) =>
        [
          `close code ${code}`,
          [close(`0x${code.toString(16).padStart(4, '0')}`)],
          Violation.CloseCodeReserved,
        ] as const,
    ),
  ])('fails on %s', (_name, frames, violation) => {
    const good = { payload: 'good' };
    const after = read([good, ...frames, good]);
    expect(after.violation).toBe(violation);
    expect(after.events).toEqual([`text ${hexOf('good')}`]);
  });

  it.each([1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 3999, 4000, 4999])(
    'takes close code %i',
    (code) => {
      const payload = Buffer.concat([Buffer.of(code >> 8, code & 0xff), Buffer.from('reasön')]);
      expect(read([{ opcode: 8, payload }]).events).toEqual([`close ${code} reasön`]);
    },
  );

  it('ignores all bytes after a close frame, valid or not', () => {
    expect(read([close(''), { payload: 'late' }, { opcode: 3 }])).toEqual({
      events: [`close ${CloseCode.NoStatus}`],
      violation: undefined,
    });
  });

  it('drops an unfinished message when the close frame arrives', () => {
    expect(read([{ fin: false, payload: 'half' }, close('')]).events).toEqual(['close 1005']);
  });

  it('fails at the first invalid octet, not at the end', () => {
    const { reader } = readerFor();
    const start = glue([{ payload: 'x'.repeat(100) }]).subarray(0, 50);
    expect(reader.read(Buffer.from(start), 0, start.length)).toBeUndefined();
    expect(reader.read(Buffer.of(0xe2, 0x82), 0, 2)).toBeUndefined();
    expect(reader.read(Buffer.of(0x28), 0, 1)).toBe(Violation.TextNotUtf8);

    const fragments = readerFor().reader;
    const first = glue([{ fin: false, payload: '0xc0' }]);
    expect(fragments.read(first, 0, first.length)).toBe(Violation.TextNotUtf8);
  });

  describe('limits', () => {
    it('takes a message of exactly the limit, in one frame or in many', () => {
      const options = { maxMessageBytes: 6 };
      const parts = [
        { fin: false, payload: 'abc' },
        { opcode: 0, payload: 'def' },
      ];
      expect(read([{ payload: 'abcdef' }, ...parts], options).events).toEqual(
        Array(2).fill(`text ${hexOf('abcdef')}`),
      );
      expect(read([{ payload: 'abcdefg' }], options).violation).toBe(Violation.MessageTooBig);
    });

    it('refuses the fragment that exceeds the limit at its header', () => {
      const { reader, pool } = readerFor({ maxMessageBytes: 100 });
      const bytes = Buffer.concat([
        glue([{ opcode: 2, fin: false, payload: 'x'.repeat(60) }]),
        glue([{ opcode: 0, payload: 'x'.repeat(41) }]).subarray(0, 2),
      ]);
      expect(reader.read(bytes, 0, bytes.length)).toBe(Violation.MessageTooBig);
      expect(pool.outstanding).toBe(0);
    });

    it('counts fragments, also empty ones, but no pings', () => {
      const many = (count: number): FrameSpec[] => [
        { fin: false },
        ...Array.from({ length: count - 2 }, () => [
          { opcode: 0, fin: false },
          { opcode: 9 },
        ]).flat(),
        { opcode: 0 },
      ];
      const options = { maxFragments: 10 };
      expect(read(many(10), options).events.at(-1)).toBe('text');
      expect(read(many(11), options).violation).toBe(Violation.TooManyFragments);
    });

    it('finds the message that takes too long', () => {
      let nowMs = 1_000;
      const { reader } = readerFor({ assemblyMs: 30_000, now: () => nowMs });
      const give = (bytes: Buffer): void => void reader.read(bytes, 0, bytes.length);
      expect(reader.overdue(1e9)).toBeUndefined();
      give(glue([{ fin: false, payload: 'a' }]));
      expect(reader.overdue(30_999)).toBeUndefined();
      expect(reader.overdue(31_000)).toBe(Violation.MessageTooSlow);
      // Further fragments do not move the deadline. Only the end of the message does.
      nowMs = 20_000;
      give(glue([{ opcode: 0, fin: false, payload: 'b' }]));
      expect(reader.overdue(31_000)).toBe(Violation.MessageTooSlow);
      give(glue([{ opcode: 0, payload: 'c' }]));
      expect(reader.overdue(1e9)).toBeUndefined();
      // The time of an incomplete frame counts from its header on.
      give(glue([{ payload: 'slow' }]).subarray(0, 3));
      expect(reader.overdue(49_999)).toBeUndefined();
      expect(reader.overdue(50_000)).toBe(Violation.MessageTooSlow);
    });

    it('finds the header and the control frame that take too long', () => {
      const parts = [
        glue([{ payload: 'slow' }]).subarray(0, 1),
        glue([{ opcode: 9, payload: 'slow' }]).subarray(0, 4),
      ];
      for (const part of parts) {
        const { reader } = readerFor({ assemblyMs: 30_000, now: () => 0 });
        reader.read(Buffer.from(part), 0, part.length);
        expect(reader.overdue(1_000)).toBeUndefined();
        expect(reader.overdue(30_999)).toBeUndefined();
        expect(reader.overdue(31_000)).toBe(Violation.MessageTooSlow);
      }
    });

    it('gives each cut frame its own time', () => {
      const { reader } = readerFor({ assemblyMs: 30_000, now: () => 0 });
      const ping = glue([{ opcode: 9, payload: 'slow' }]);
      for (let nowMs = 0; nowMs < 100_000; nowMs += 10_000) {
        reader.read(Buffer.from(ping.subarray(0, 4)), 0, 4);
        expect(reader.overdue(nowMs)).toBeUndefined();
        reader.read(Buffer.from(ping.subarray(4)), 0, ping.length - 4);
      }
    });

    it('holds at most four times the received bytes, in blocks of powers of two', () => {
      const { reader, pool } = readerFor();
      let sent = 0;
      for (let i = 0; i < 1_000; i++) {
        const frame = encodeFrame({
          opcode: i === 0 ? 2 : 0,
          fin: false,
          payload: 'x'.repeat(i % 300),
        });
        reader.read(frame, 0, frame.length);
        sent += frame.length;
        expect(pool.outstandingBytes).toBeLessThanOrEqual(4 * Math.max(4_096, sent));
      }
      reader.stop();
      expect(pool.outstanding).toBe(0);
    });

    it('fails only the connection that needs memory when there is none', () => {
      const pool = new FakeBytePool({ maxBytes: 100 });
      expect(readAll([glue([{ fin: false, payload: 'a' }])], { pool }).violation).toBe(
        Violation.PoolExhausted,
      );
      expect(readAll([glue([{ payload: 'a' }])], { pool }).events).toEqual(['text 61']);
    });

    it.each([
      { maxMessageBytes: 0 },
      { maxFragments: 0 },
      { maxFragments: 1.5 },
      { assemblyMs: -1 },
    ])('refuses %o', (options) => {
      expect(() => readerFor(options)).toThrow(
        expect.objectContaining({ code: 'HIOLOAD_OPTION_INVALID' }),
      );
    });
  });

  it('lets its sink stop it in a message; the bytes stay valid until the sink returns', () => {
    const whole = glue([{ payload: 'whole' }]);
    const fragments = glue([
      { fin: false, payload: 'wh' },
      { opcode: 0, payload: 'ole' },
    ]);
    for (const chunks of [[whole, whole], octets(whole), [fragments, whole], octets(fragments)]) {
      const pool = new FakeBytePool();
      const seen: string[] = [];
      const reader: MessageReader = new MessageReader(
        {
          message: (bytes, start, end) => {
            reader.stop();
            seen.push(Buffer.from(bytes.subarray(start, end)).toString());
          },
          ping: () => expect.fail(),
          pong: () => expect.fail(),
          close: () => expect.fail(),
        },
        { role: 'client', maxMessageBytes: 99, maxFragments: 9, assemblyMs: 0, pool, now: () => 0 },
      );
      for (const chunk of chunks)
        expect(reader.read(Buffer.from(chunk), 0, chunk.length)).toBeUndefined();
      expect(seen).toEqual(['whole']);
      expect(pool.outstanding).toBe(0);
    }
  });

  const text = fc.string({ unit: 'binary', maxLength: 60 }).map((content) => Buffer.from(content));
  const message = fc.record({
    opcode: fc.constantFrom(1, 2),
    payload: fc.oneof(
      text,
      fc.integer({ min: 0, max: 3_000 }).map((length) => Buffer.from('ä'.repeat(length))),
    ),
    cuts: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 4 }),
    pings: fc.boolean(),
  });

  it('gives the sent messages, for any fragments and chunks', () => {
    const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 10 });
    fc.assert(
      fc.property(
        fc.array(message, { maxLength: 5 }),
        fc.nat(0xffffffff),
        places,
        (messages, maskKey, chunkCuts) => {
          const expected: string[] = [];
          const frames = messages.flatMap(({ opcode, payload, cuts, pings }) => {
            const parts = cut(payload, cuts);
            const found = parts.map((part, index) => ({
              opcode: index === 0 ? opcode : 0,
              fin: index === parts.length - 1,
              payload: part,
              maskKey,
            }));
            if (pings) expected.push('ping');
            expected.push(
              `${opcode === 1 ? 'text' : 'binary'} ${payload.toString('hex')}`.trimEnd(),
            );
            return pings
              ? found.flatMap((frame, index) =>
                  index === 0 ? [{ opcode: 9, maskKey }, frame] : [frame],
                )
              : found;
          });
          const result = readAll(cut(glue(frames), chunkCuts), { role: 'server' });
          expect(result.violation).toBeUndefined();
          expect(result.events).toEqual(expected);
          expect(result.pool.outstanding).toBe(0);
        },
      ),
    );
  });
});
