// Tests of frame headers, with all values of the first two bytes.
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  emptyFrameHeader,
  frameHeaderBytes,
  type FrameHeader,
  HeaderFault,
  MAX_FRAME_HEADER_BYTES,
  Opcode,
  readFrameHeader,
  writeFrameHeader,
} from '../src/index.js';

const frame = (fields: Partial<FrameHeader>): FrameHeader => ({
  ...emptyFrameHeader(),
  fin: true,
  ...fields,
});

function hexOf(header: FrameHeader): string {
  const target = Buffer.alloc(MAX_FRAME_HEADER_BYTES);
  return target.subarray(0, writeFrameHeader(header, target, 0)).toString('hex');
}

function read(hex: string): { result: number; header: FrameHeader } {
  const bytes = Buffer.from(hex, 'hex');
  const header = emptyFrameHeader();
  return { result: readFrameHeader(bytes, 0, bytes.length, header), header };
}

/** The headers of RFC 6455 section 5.7, and those at the edges of each length form. */
const KNOWN: readonly (readonly [string, FrameHeader])[] = [
  ['8105', frame({ opcode: Opcode.Text, payloadBytes: 5 })],
  [
    '818537fa213d',
    frame({ opcode: Opcode.Text, masked: true, maskKey: 0x37fa213d, payloadBytes: 5 }),
  ],
  ['0103', frame({ fin: false, opcode: Opcode.Text, payloadBytes: 3 })],
  ['8002', frame({ opcode: Opcode.Continuation, payloadBytes: 2 })],
  ['8905', frame({ opcode: Opcode.Ping, payloadBytes: 5 })],
  [
    '8a8537fa213d',
    frame({ opcode: Opcode.Pong, masked: true, maskKey: 0x37fa213d, payloadBytes: 5 }),
  ],
  ['827e0100', frame({ opcode: Opcode.Binary, payloadBytes: 256 })],
  ['827f0000000000010000', frame({ opcode: Opcode.Binary, payloadBytes: 65_536 })],
  ['8200', frame({ opcode: Opcode.Binary })],
  ['827d', frame({ opcode: Opcode.Binary, payloadBytes: 125 })],
  ['827e007e', frame({ opcode: Opcode.Binary, payloadBytes: 126 })],
  ['827effff', frame({ opcode: Opcode.Binary, payloadBytes: 65_535 })],
  ['827f001fffffffffffff', frame({ opcode: Opcode.Binary, payloadBytes: Number.MAX_SAFE_INTEGER })],
  [
    'c2feffffffffffff',
    frame({ rsv: 4, opcode: Opcode.Binary, masked: true, maskKey: -1, payloadBytes: 65_535 }),
  ],
];

describe('frame headers', () => {
  it.each(KNOWN)('%s is written and read as the standard shows it', (hex, header) => {
    expect(hexOf(header)).toBe(hex);
    expect(frameHeaderBytes(header.payloadBytes, header.masked)).toBe(hex.length / 2);
    expect(read(hex)).toEqual({ result: hex.length / 2, header });
  });

  it.each(KNOWN)('%s is incomplete until its last octet is there', (hex) => {
    for (let octets = 0; octets < hex.length / 2; octets += 1) {
      expect(read(hex.slice(0, octets * 2)).result).toBe(HeaderFault.Incomplete);
    }
  });

  it('judges all 65,536 first two octets', () => {
    const known = new Set<number>(Object.values(Opcode));
    // The lengths 256 and 65,536 need these forms.
    const tails = { 126: '0100', 127: '0000000000010000' } as Record<number, string>;
    for (let pair = 0; pair < 65_536; pair += 1) {
      const first = pair >>> 8;
      const second = pair & 0xff;
      const length = second & 0x7f;
      const tail = (tails[length] ?? '') + (second >= 0x80 ? '01020304' : '');
      const hex = pair.toString(16).padStart(4, '0') + tail;
      const opcode = first % 16;
      let expected: number = hex.length / 2;
      if (!known.has(opcode)) expected = HeaderFault.ReservedOpcode;
      else if (opcode > 7 && first < 0x80) expected = HeaderFault.ControlFragmented;
      else if (opcode > 7 && length > 125) expected = HeaderFault.ControlTooLong;
      const { result, header } = read(hex);
      if (result !== expected) expect.fail(`${hex}: ${result} instead of ${expected}`);
      if (result > 0 && hexOf(header) !== hex)
        expect.fail(`${hex} is written back as ${hexOf(header)}`);
    }
  });

  it.each([
    ['827e007d', HeaderFault.LengthNotMinimal],
    ['827e0000', HeaderFault.LengthNotMinimal],
    ['827f000000000000ffff', HeaderFault.LengthNotMinimal],
    ['827f8000000000000000', HeaderFault.LengthTopBitSet],
    ['827fffffffffffffffff', HeaderFault.LengthTopBitSet],
  ])('refuses the length of %s', (hex, fault) => {
    expect(read(hex).result).toBe(fault);
  });

  it('keeps a length beyond 2^53 above every limit', () => {
    expect(read('827f7fffffffffffffff').header.payloadBytes).toBeGreaterThan(
      Number.MAX_SAFE_INTEGER,
    );
  });

  it('reads its own headers, at any offset, and reads nothing after the end', () => {
    const header = fc.record({
      fin: fc.constant(true),
      rsv: fc.nat(7),
      opcode: fc.constantFrom(Opcode.Continuation, Opcode.Text, Opcode.Binary),
      masked: fc.boolean(),
      maskKey: fc.nat(0xffffffff),
      payloadBytes: fc.oneof(
        fc.nat(130),
        fc.integer({ min: 65_000, max: 66_000 }),
        fc.maxSafeNat(),
      ),
    });
    fc.assert(
      fc.property(header, fc.nat(9), (fields, at) => {
        const written = { ...fields, maskKey: fields.masked ? fields.maskKey | 0 : 0 };
        const target = Buffer.alloc(at + MAX_FRAME_HEADER_BYTES, 0xff);
        const end = writeFrameHeader(written, target, at);
        const found = emptyFrameHeader();
        expect(readFrameHeader(target, at, end, found)).toBe(end - at);
        expect(found).toEqual(written);
        expect(readFrameHeader(target, at, end - 1, found)).toBe(HeaderFault.Incomplete);
      }),
    );
  });

  it('refuses to write an invalid header', () => {
    const target = Buffer.alloc(3);
    expect(() => writeFrameHeader(frame({ payloadBytes: -1 }), target, 0)).toThrow(
      /payloadBytes must be .*; got -1/,
    );
    expect(() => writeFrameHeader(frame({ payloadBytes: 1.5 }), target, 0)).toThrow(
      /payloadBytes must be .*; got 1.5/,
    );
    expect(() => writeFrameHeader(frame({ payloadBytes: 126 }), target, 0)).toThrow(
      /ends at 4, but target has only 3 bytes/,
    );
  });
});
