// Tests of the encoder and the decoder of the record protocol.
import { FakeBytePool } from '@hioload/fake';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RecordDecoder } from '../src/record-decoder.js';
import { RecordEncoder } from '../src/record-encoder.js';
import { MAX_BODY_BYTES, RecordKind } from '../src/record-format.js';

function decode(chunks: readonly Uint8Array[], pool = new FakeBytePool()) {
  const records: string[] = [];
  const decoder = new RecordDecoder((kind, bytes, start, end) => {
    records.push(`${kind} ${Buffer.from(bytes.subarray(start, end)).toString('hex')}`);
  }, pool);
  let fault: string | undefined;
  for (const chunk of chunks) fault = decoder.decode(chunk, 0, chunk.length);
  decoder.release();
  expect(pool.outstanding).toBe(0);
  return { records, fault };
}

const hex = (text: string): Buffer => Buffer.from(text, 'hex');
const octets = (bytes: Buffer): Buffer[] => [...bytes].map((octet) => Buffer.of(octet));

describe('the record protocol of the example', () => {
  it('reads the sent records, however the bytes are cut and joined', () => {
    const body = fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc.constant(new Uint8Array(5_000).fill(7)),
    );
    const record = fc.tuple(fc.constantFrom(RecordKind.Reading, RecordKind.Note), body);
    fc.assert(
      fc.property(
        fc.array(record, { maxLength: 8 }),
        fc.array(fc.nat(6_000), { maxLength: 8 }),
        (records, cuts) => {
          const pool = new FakeBytePool();
          const encoder = new RecordEncoder(pool);
          for (const [kind, bytes] of records) expect(encoder.add(kind, bytes)).toBe(true);
          let stream = Buffer.alloc(0);
          encoder.flush((bytes, start, end) => (stream = Buffer.from(bytes.subarray(start, end))));
          const places = [
            0,
            ...cuts.filter((at) => at < stream.length).sort((a, b) => a - b),
            stream.length,
          ];
          const chunks = places.slice(1).map((to, index) => stream.subarray(places[index], to));
          const expected = records.map(
            ([kind, bytes]) => `${kind} ${Buffer.from(bytes).toString('hex')}`,
          );
          expect(decode(chunks, pool)).toEqual({ records: expected, fault: undefined });
        },
      ),
    );
  });

  it.each([
    ['unknown-kind', '03'],
    ['body-too-long', '01010001'],
  ])('fails on %s at once, and stays failed', (fault, bytes) => {
    const stream = Buffer.concat([hex('0100000161'), hex(bytes), hex('0100000162')]);
    const expected = { records: ['1 61'], fault };
    expect(decode([stream])).toEqual(expected);
    expect(decode(octets(stream))).toEqual(expected);
  });

  it('keeps only received bytes, and fails without memory for them', () => {
    const announced = hex('01010000');
    const pool = new FakeBytePool();
    decode([announced, Buffer.alloc(100)], pool);
    expect(pool.peakBytes).toBeLessThanOrEqual(4_096);
    expect(decode([announced], new FakeBytePool({ maxBytes: 3 })).fault).toBe('no-memory');
  });

  it('refuses to write a record that it would refuse to read', () => {
    const encoder = new RecordEncoder(new FakeBytePool());
    expect(encoder.add(RecordKind.Note, new Uint8Array(MAX_BODY_BYTES + 1))).toBe(false);
    encoder.flush(() => expect.fail('nothing waits'));
  });
});
