// Tests of the frame decoder: valid frames, violations and memory.
import type { WebSocketFrame } from '@hioload/api';
import { FakeBytePool } from '@hioload/fake';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrameDecoder, type ProtocolViolation, type Role, Violation } from '../src/index.js';
import { bytesOf, cut, encodeFrame, FrameRecorder, type FrameSpec } from './frames.js';

interface Options {
  readonly maxFrameBytes?: number;
  readonly reservedBits?: number;
  readonly pool?: FakeBytePool;
}

function decoderFor(
  role: Role,
  { maxFrameBytes = 1_000_000, reservedBits = 0, pool = new FakeBytePool() }: Options = {},
) {
  const sink = new FrameRecorder();
  return {
    sink,
    pool,
    decoder: new FrameDecoder(sink, { role, maxFrameBytes, reservedBits, pool }),
  };
}

function decodeAll(role: Role, chunks: readonly Uint8Array[], options: Options = {}) {
  const { sink, pool, decoder } = decoderFor(role, options);
  let violation: ProtocolViolation | undefined;
  for (const chunk of chunks) violation = decoder.decode(chunk, 0, chunk.length);
  return { frames: sink.frames, headers: sink.headers, violation, pool, decoder };
}

const hex = (text: string): Buffer => Buffer.from(text, 'hex');

describe('FrameDecoder', () => {
  // The examples of RFC 6455 section 5.7.
  it.each([
    ['a text', 'client', '810548656c6c6f', ['1/1/0:48656c6c6f']],
    ['a masked text', 'server', '818537fa213d7f9f4d5158', ['1/1/0:48656c6c6f']],
    ['two fragments', 'client', '010348656c80026c6f', ['1/0/0:48656c', '0/1/0:6c6f']],
    ['a ping and its masked pong', 'client', '890548656c6c6f', ['9/1/0:48656c6c6f']],
    ['a masked pong', 'server', '8a8537fa213d7f9f4d5158', ['10/1/0:48656c6c6f']],
    ['256 bytes', 'client', `827e0100${'ab'.repeat(256)}`, [`2/1/0:${'ab'.repeat(256)}`]],
    [
      '64 KiB',
      'client',
      `827f0000000000010000${'cd'.repeat(65_536)}`,
      [`2/1/0:${'cd'.repeat(65_536)}`],
    ],
  ] as const)('reads %s of the standard', (_name, role, bytes, frames) => {
    const result = decodeAll(role, [hex(bytes)]);
    expect(result).toMatchObject({ frames, headers: [], violation: undefined });
    expect(result.pool.peakBytes).toBe(0);
  });

  it.each([
    ['a frame of a client without a mask', 'server', '8100', Violation.MaskMissing],
    ['a frame of a server with a mask', 'client', '818001020304', Violation.MaskForbidden],
    ['RSV1', 'client', 'c100', Violation.ReservedBits],
    ['RSV2 on a ping', 'client', 'a900', Violation.ReservedBits],
    ['RSV3 on a continuation', 'client', '9000', Violation.ReservedBits],
    ['opcode 3', 'client', '8300', Violation.ReservedOpcode],
    ['opcode 15', 'client', '8f00', Violation.ReservedOpcode],
    ['a ping without FIN', 'client', '0900', Violation.ControlFragmented],
    ['a ping of 126 bytes', 'client', '897e007e', Violation.ControlTooLong],
    ['a length of 125 in 16 bits', 'client', '827e007d', Violation.LengthNotMinimal],
    ['a length of 65,535 in 64 bits', 'client', '827f000000000000ffff', Violation.LengthNotMinimal],
    ['a length with the top bit', 'client', '827f8000000000000000', Violation.LengthTopBitSet],
    ['a length of 2^63-1', 'client', '827f7fffffffffffffff', Violation.MessageTooBig],
    ['a length above the limit', 'client', '827f00000000000f4241', Violation.MessageTooBig],
  ] as const)('fails on %s, and stays failed', (_name, role, bytes, violation) => {
    const result = decodeAll(role, [hex('8100'), hex(bytes)].slice(role === 'server' ? 1 : 0));
    expect(result.violation).toBe(violation);
    expect(result.frames).toEqual(role === 'server' ? [] : ['1/1/0:']);
    expect(result.decoder.decode(hex('8100'), 0, 2)).toBe(violation);
    expect(result.pool.peakBytes).toBe(0);
  });

  // The table follows the standard: sections 5.1 (masks), 5.2 (bits, opcodes) and 5.5 (control
  // frames).
  it.each(['server', 'client'] as const)('judges all 65,536 first two octets as a %s', (role) => {
    for (let pair = 0; pair < 65_536; pair++) {
      const [first, second] = [pair >>> 8, pair & 0xff];
      const opcode = first & 0x0f;
      const isControl = opcode >= 8;
      const isKnown = [0, 1, 2, 8, 9, 10].includes(opcode);
      const length = second & 0x7f;
      const masked = second >= 0x80;
      let expected: ProtocolViolation | undefined;
      if (!isKnown) expected = Violation.ReservedOpcode;
      else if (isControl && first < 0x80) expected = Violation.ControlFragmented;
      else if (isControl && length > 125) expected = Violation.ControlTooLong;
      else if ((first & 0x70) !== 0) expected = Violation.ReservedBits;
      else if (masked !== (role === 'server'))
        expected = masked ? Violation.MaskForbidden : Violation.MaskMissing;

      const extended = length === 126 ? '0100' : length === 127 ? '0000000000010000' : '';
      const payloadBytes = length === 126 ? 256 : length === 127 ? 65_536 : length;
      const head = Buffer.concat([
        Buffer.from([first, second]),
        hex(extended),
        hex(masked ? '00000000' : ''),
      ]);
      // Long payloads are left out: the header alone decides.
      const body = Buffer.alloc(length <= 125 ? payloadBytes : 0);
      const { violation, frames, headers } = decodeAll(role, [Buffer.concat([head, body])]);
      if (violation !== expected)
        expect.fail(`${pair.toString(16)}: ${violation?.rule} instead of ${expected?.rule}`);
      const seen = frames.length + headers.length;
      if (seen !== (expected === undefined ? 1 : 0))
        expect.fail(`${pair.toString(16)}: ${seen} frames`);
    }
  });

  it('allows the bits of an extension only on the first frame of a message', () => {
    const options = { reservedBits: 4 };
    expect(decodeAll('client', [hex('c100'), hex('4200')], options)).toMatchObject({
      frames: ['1/1/4:', '2/0/4:'],
    });
    expect(decodeAll('client', [hex('c000')], options).violation).toBe(Violation.ReservedBits);
    expect(decodeAll('client', [hex('c900')], options).violation).toBe(Violation.ReservedBits);
    expect(decodeAll('client', [hex('e100')], options).violation).toBe(Violation.ReservedBits);
  });

  it('refuses a long frame at its header, before it keeps any of it', () => {
    const result = decodeAll('client', [hex('827e0101')], { maxFrameBytes: 256 });
    expect(result).toMatchObject({ violation: Violation.MessageTooBig, headers: [] });
    expect(result.pool.peakBytes).toBe(0);
    expect(
      decodeAll('client', [hex('827e0100')], { maxFrameBytes: 256 }).violation,
    ).toBeUndefined();
  });

  it('accepts control frames whatever the limit is', () => {
    expect(decodeAll('client', [hex('890548656c6c6f')], { maxFrameBytes: 1 }).frames).toEqual([
      '9/1/0:48656c6c6f',
    ]);
  });

  it('keeps at most twice the received bytes, whatever length was announced', () => {
    const chunk = Buffer.alloc(10_000);
    const { decoder, pool } = decoderFor('client');
    decoder.decode(hex('827f00000000000f4240'), 0, 10);
    expect(pool.peakBytes).toBe(0);
    for (let sent = 10_000; sent <= 500_000; sent += 10_000) {
      decoder.decode(chunk, 0, chunk.length);
      // The pool of the test rounds a block up to the next power of two.
      expect(pool.outstandingBytes).toBeLessThanOrEqual(4 * Math.max(sent, 4_096));
    }
    decoder.stop();
    expect(pool.outstanding).toBe(0);
  });

  it('copies only the frame that is cut, and gives the block back', () => {
    const whole = encodeFrame({ payload: 'whole', maskKey: 0x01020304 });
    const split = encodeFrame({ payload: 'split', maskKey: 0x05060708 });
    const glued = Buffer.concat([whole, split, whole]);
    const at = whole.length + 8;
    const { frames, headers, pool } = decodeAll('server', [
      glued.subarray(0, at),
      glued.subarray(at),
    ]);
    expect(frames).toEqual(
      ['whole', 'split', 'whole'].map((text) => `1/1/0:${bytesOf(text).toString('hex')}`),
    );
    expect(headers).toEqual(['1/1/0:5']);
    expect(pool.outstanding).toBe(0);
    expect(pool.peakBytes).toBeGreaterThan(0);
  });

  it('fails only the connection that needs memory when the pool is exhausted', () => {
    const pool = new FakeBytePool({ maxBytes: 0 });
    expect(decodeAll('client', [hex('8105'), hex('48')], { pool }).violation).toBe(
      Violation.PoolExhausted,
    );
    expect(decodeAll('client', [hex('810548656c6c6f')], { pool }).frames).toEqual([
      '1/1/0:48656c6c6f',
    ]);
  });

  it('says whether it is between frames', () => {
    const { decoder } = decoderFor('client');
    const states = [...hex('827e0100'), 0, 0].map((octet) => {
      decoder.decode(Uint8Array.of(octet), 0, 1);
      return decoder.isBetweenFrames;
    });
    expect(states).toEqual(Array(6).fill(false));
    decoder.decode(new Uint8Array(254), 0, 254);
    expect(decoder.isBetweenFrames).toBe(true);
  });

  it('ignores all bytes after its sink stopped it, even in the middle of a frame', () => {
    for (const chunks of [[hex('81016181016281')], [hex('8102'), hex('61'), hex('62810163')]]) {
      const pool = new FakeBytePool();
      const seen: string[] = [];
      const decoder: FrameDecoder = new FrameDecoder(
        {
          header: () => undefined,
          piece: () => undefined,
          frame: (frame) => {
            seen.push(Buffer.from(frame.bytes.subarray(frame.start, frame.end)).toString());
            decoder.stop();
            return undefined;
          },
        },
        { role: 'client', maxFrameBytes: 100, pool },
      );
      for (const chunk of chunks) expect(decoder.decode(chunk, 0, chunk.length)).toBeUndefined();
      expect(seen).toHaveLength(1);
      expect(pool.outstanding).toBe(0);
    }
  });

  it('fails with the violation that its sink returns', () => {
    const refuse = (): ProtocolViolation => Violation.TooManyFragments;
    const accept = (): undefined => undefined;
    const sinks = [
      { header: refuse, piece: accept, frame: accept },
      { header: accept, piece: refuse, frame: accept },
      { header: accept, piece: accept, frame: refuse },
    ];
    for (const sink of sinks) {
      const pool = new FakeBytePool();
      const decoder = new FrameDecoder(sink, { role: 'client', maxFrameBytes: 100, pool });
      decoder.decode(hex('810261'), 0, 3);
      expect(decoder.decode(hex('62'), 0, 1)).toBe(Violation.TooManyFragments);
      expect(pool.outstanding).toBe(0);
    }
  });

  it('must not be called by its own sink, nor after the sink threw', () => {
    const fault = new Error('of the sink');
    const decoder: FrameDecoder = new FrameDecoder(
      {
        header: () => undefined,
        piece: () => undefined,
        frame: () => {
          expect(() => decoder.decode(hex('8100'), 0, 2)).toThrow(
            expect.objectContaining({ code: 'HIOLOAD_STATE' }),
          );
          throw fault;
        },
      },
      { role: 'client', maxFrameBytes: 100, pool: new FakeBytePool() },
    );
    expect(() => decoder.decode(hex('8100'), 0, 2)).toThrow(fault);
    expect(() => decoder.decode(hex('8100'), 0, 2)).toThrow(
      expect.objectContaining({ code: 'HIOLOAD_STATE' }),
    );
    decoder.stop();
    expect(decoder.decode(hex('8100'), 0, 2)).toBeUndefined();
  });

  it('keeps no chunk alive after it is decoded', () => {
    let seen: WebSocketFrame | undefined;
    const accept = (frame: WebSocketFrame): undefined => void (seen = frame);
    const decoder = new FrameDecoder(
      { header: accept, piece: accept, frame: accept },
      { role: 'client', maxFrameBytes: 100, pool: new FakeBytePool() },
    );
    decoder.decode(hex('810161'), 0, 3);
    expect(seen?.bytes).toHaveLength(0);
  });

  it('refuses options out of range', () => {
    for (const options of [
      { maxFrameBytes: 0 },
      { maxFrameBytes: 1.5 },
      { reservedBits: 8 },
      { reservedBits: -1 },
    ]) {
      expect(() => decoderFor('client', options)).toThrow(
        expect.objectContaining({ code: 'HIOLOAD_OPTION_INVALID' }),
      );
    }
  });

  const payload = fc.oneof(
    fc.uint8Array({ maxLength: 20 }),
    fc.integer({ min: 100, max: 140 }).map((length) => new Uint8Array(length).fill(0x61)),
    fc
      .constantFrom(4_095, 65_535, 65_536)
      .map((length) => Uint8Array.from({ length }, (_, index) => index * 7)),
  );
  const frameSpec: fc.Arbitrary<FrameSpec> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({ opcode: fc.constantFrom(0, 1, 2), fin: fc.boolean(), payload }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        opcode: fc.constantFrom(8, 9, 10),
        payload: fc.uint8Array({ maxLength: 125 }),
      }),
    },
  );

  it.each(['server', 'client'] as const)(
    'gives a %s the same frames however the bytes are cut and glued',
    (role) => {
      const maskKey = role === 'server' ? fc.nat(0xffffffff) : fc.constant(undefined);
      const session = fc.array(fc.tuple(frameSpec, maskKey), { maxLength: 8 });
      const places = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 12 });
      fc.assert(
        fc.property(session, places, (frames, fractions) => {
          const specs = frames.map(([spec, key]) =>
            key === undefined ? spec : { ...spec, maskKey: key },
          );
          const bytes = Buffer.concat(specs.map(encodeFrame));
          const expected = specs.map((spec) => {
            const content = bytesOf(spec.payload ?? '').toString('hex');
            return `${spec.opcode}/${spec.fin === false ? 0 : 1}/0:${content}`;
          });
          const result = decodeAll(role, cut(bytes, fractions));
          expect(result.violation).toBeUndefined();
          expect(result.frames).toEqual(expected);
          expect(result.pool.outstanding).toBe(0);
          // An empty chunk changes nothing. Octet by octet is the finest possible cut.
          if (bytes.length > 2_000) return;
          const octets = [...bytes].flatMap((octet) => [Uint8Array.of(octet), new Uint8Array(0)]);
          expect(decodeAll(role, octets).frames).toEqual(expected);
        }),
      );
    },
  );
});
