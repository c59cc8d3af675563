// Tests that hold for every kind of ring with one producer and one consumer.
import type { Region } from '@hioload/pool';
import { Lane } from '@hioload/pool';
import { SpscRing } from '@hioload/pool/rings';
import { RING_FULL, type RecordSink } from '@hioload/api';
import { describe, expect, it } from 'vitest';

const code = (expected: string): unknown =>
  expect.objectContaining({ name: 'HioloadError', code: expected });
const nowhere: RecordSink = () => undefined;
const copies =
  (into: Uint8Array[]): RecordSink =>
  (bytes, start, end) =>
    void into.push(bytes.slice(start, end));

const rings = [
  {
    name: 'SpscRing',
    open: () => SpscRing.create({ capacity: 8, slotBytes: 16 }),
    attach: SpscRing.attach,
  },
  { name: 'Lane', open: () => Lane.create({ capacityBytes: 256 }), attach: Lane.attach },
] as const;
const record = Uint8Array.from({ length: 16 }, (_, i) => i + 1);

describe.each(rings)('$name', ({ open, attach }) => {
  it('shows nothing before a flush, and all of it after', () => {
    const ring = open();
    const [producer, consumer] = [ring.producer({ flushEvery: 3 }), ring.consumer()];
    producer.tryPush(record);
    producer.tryPush(record);
    expect(consumer.hasRecords()).toBe(false);
    expect(producer.flush()).toBe(true);
    expect(producer.flush()).toBe(false);
    expect(consumer.drain(10, nowhere)).toBe(2);
  });

  it('flushes by itself after the set number of records, and when it is full', () => {
    const ring = open();
    const [producer, consumer] = [ring.producer({ flushEvery: 2 }), ring.consumer()];
    producer.tryPush(record);
    producer.tryPush(record);
    expect(consumer.drain(10, nowhere)).toBe(2);

    ring.evictProducer();
    const gatherer = ring.producer({ flushEvery: 1_000 });
    let pushed = 0;
    while (gatherer.tryPush(record)) pushed++;
    expect(consumer.drain(1_000, nowhere)).toBe(pushed);
  });

  it('refuses records when it is full, and goes on when there is room', () => {
    const ring = open();
    const [producer, consumer] = [ring.producer(), ring.consumer()];
    while (producer.tryPush(record));
    expect(producer.tryReserve(16)).toBe(RING_FULL);
    consumer.drain(1, nowhere);
    expect(producer.tryPush(record)).toBe(true);
  });

  it('poisons freed records in debug mode, and only then', () => {
    for (const debug of [true, false]) {
      const ring = open();
      const [producer, consumer] = [ring.producer(), ring.consumer({ debug })];
      producer.tryPushMany([record]);
      let kept: Uint8Array = record;
      consumer.drain(1, (bytes, start, end) => (kept = bytes.subarray(start, end)));
      expect([...kept]).toEqual(debug ? Array(16).fill(0xdb) : [...record]);
    }
  });

  it('consumes the record whose sink threw, and no other', () => {
    const ring = open();
    const [producer, consumer] = [ring.producer(), ring.consumer()];
    producer.tryPushMany([1, 2, 3].map((byte) => new Uint8Array(16).fill(byte)));
    const seen: Uint8Array[] = [];
    const failing: RecordSink = (bytes, start, end) => {
      seen.push(bytes.slice(start, end));
      if (seen.length === 2) throw new Error('the sink fails');
    };
    expect(() => consumer.drain(10, failing)).toThrow('the sink fails');
    consumer.drain(10, copies(seen));
    expect(seen.map(([first]) => first)).toEqual([1, 2, 3]);
  });

  it('refuses to hand out records while others are lent', () => {
    const ring = open();
    const [producer, consumer] = [ring.producer(), ring.consumer()];
    producer.tryPushMany([record, record]);
    expect(() => consumer.drain(1, () => void consumer.drain(1, nowhere))).toThrow(
      code('HIOLOAD_STATE'),
    );
    const batch = consumer.take(1);
    const slice = batch.slice(0, 1);
    expect(() => consumer.drain(1, nowhere)).toThrow(code('HIOLOAD_STATE'));
    expect(() => consumer.take(1)).toThrow(code('HIOLOAD_STATE'));
    consumer.release();
    expect([batch.length, slice.length]).toEqual([0, 0]);
    expect(() => slice.startOf(0)).toThrow(code('HIOLOAD_STATE'));
  });

  it('has one producer and one consumer at a time', () => {
    const ring = open();
    ring.producer();
    ring.consumer();
    expect(() => attach(ring.region).producer()).toThrow(code('HIOLOAD_ROLE_TAKEN'));
    expect(() => attach(ring.region).consumer()).toThrow(code('HIOLOAD_ROLE_TAKEN'));
  });

  it('goes on at the record where an ended thread stopped', () => {
    const ring = open();
    const dead = ring.producer({ flushEvery: 10 });
    dead.tryPushMany([record]);
    dead.tryPush(record.map((byte) => byte + 100));
    ring.evictProducer();
    const [heir, consumer] = [ring.producer(), ring.consumer()];
    heir.tryPushMany([record.map((byte) => byte + 1)]);
    consumer.take(1);
    ring.evictConsumer();

    const seen: Uint8Array[] = [];
    ring.consumer().drain(10, copies(seen));
    expect(seen.map(([first]) => first)).toEqual([1, 2]);
  });

  it('refuses a commit without a reservation', () => {
    expect(() => open().producer().commit()).toThrow(code('HIOLOAD_STATE'));
  });

  it.each([0, -1, 1.5])('refuses to flush every %s records', (flushEvery) => {
    expect(() => open().producer({ flushEvery })).toThrow(code('HIOLOAD_OPTION_INVALID'));
  });

  it('refuses memory that holds another structure', () => {
    const { buffer } = open().region;
    const other =
      attach === Lane.attach
        ? SpscRing.create({ capacity: 1, slotBytes: 8 })
        : Lane.create({ capacityBytes: 64 });
    const moved = new SharedArrayBuffer(buffer.byteLength + 8);
    const newer = new SharedArrayBuffer(buffer.byteLength);
    const short = new SharedArrayBuffer(buffer.byteLength - 8);
    const words = new Int32Array(newer);
    words.set(new Int32Array(buffer));
    words[1]! += 1 << 8;
    new Uint8Array(short).set(new Uint8Array(buffer, 0, short.byteLength));
    const regions: Region[] = [
      { buffer: new SharedArrayBuffer(8), byteOffset: 0 },
      { buffer: new SharedArrayBuffer(4_096), byteOffset: 0 },
      { buffer: moved, byteOffset: 8 },
      { buffer, byteOffset: -128 },
      { buffer, byteOffset: buffer.byteLength + 128 - (buffer.byteLength % 128) },
      { buffer: newer, byteOffset: 0 },
      { buffer: short, byteOffset: 0 },
      other.region,
    ];
    for (const region of regions)
      expect(() => attach(region)).toThrow(code('HIOLOAD_SHARED_LAYOUT'));
  });

  it('says that a plain buffer is not a region', () => {
    const { buffer } = open().region;
    expect(() => attach(buffer as unknown as Region)).toThrow(
      /: the region must be \{ buffer, byteOffset \}/,
    );
  });
});

describe('SpscRing', () => {
  it.each([
    { capacity: 3, slotBytes: 8 },
    { capacity: 0, slotBytes: 8 },
    { capacity: 2 ** 25, slotBytes: 8 },
    { capacity: 4, slotBytes: 12 },
    { capacity: 4, slotBytes: 0 },
    { capacity: 4, slotBytes: 65_544 },
  ])('refuses %o', (options) => {
    expect(() => SpscRing.create(options)).toThrow(code('HIOLOAD_OPTION_INVALID'));
  });

  it('takes records of one length', () => {
    const producer = SpscRing.create({ capacity: 4, slotBytes: 8 }).producer();
    expect(() => producer.tryPush(new Uint8Array(9))).toThrow(code('HIOLOAD_RECORD_TOO_LARGE'));
    expect(() => producer.tryReserve(7)).toThrow(code('HIOLOAD_RECORD_TOO_LARGE'));
  });
});

describe('Lane', () => {
  it.each([
    { capacityBytes: 32 },
    { capacityBytes: 100 },
    { capacityBytes: 2 ** 28 },
    { capacityBytes: 64, firstPosition: 4 },
  ])('refuses %o', (options) => {
    expect(() => Lane.create(options)).toThrow(code('HIOLOAD_OPTION_INVALID'));
  });

  it('takes the empty and the largest record at every position, and no larger one', () => {
    const lane = Lane.create({ capacityBytes: 128 });
    const [producer, consumer] = [lane.producer(), lane.consumer()];
    const largest = new Uint8Array(producer.maxRecordBytes).fill(7);
    for (let position = 0; position < 64; position++) {
      const seen: Uint8Array[] = [];
      expect(producer.tryPushMany([new Uint8Array(0)])).toBe(1);
      consumer.drain(1, copies(seen));
      expect(producer.tryPushMany([largest])).toBe(1);
      consumer.drain(1, copies(seen));
      expect(seen).toEqual([new Uint8Array(0), largest]);
    }
    expect(() => producer.tryReserve(largest.length + 1)).toThrow(code('HIOLOAD_RECORD_TOO_LARGE'));
    expect(() => producer.tryReserve(-1)).toThrow(code('HIOLOAD_RECORD_TOO_LARGE'));
  });

  it('lays a long payload at the offset of its source modulo 8', () => {
    const lane = Lane.create({ capacityBytes: 1_024 });
    const [producer, consumer] = [lane.producer(), lane.consumer()];
    const source = new Uint8Array(new ArrayBuffer(128), 8);
    for (let start = 0; start < 8; start++) producer.tryPush(source, start, start + 40);
    producer.flush();
    const offsets: number[] = [];
    consumer.drain(8, (bytes, start) => void offsets.push((bytes.byteOffset + start) % 8));
    expect(offsets).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
  });

  it('tells how many bytes wait', () => {
    const lane = Lane.create({ capacityBytes: 256 });
    const [producer, consumer] = [lane.producer(), lane.consumer()];
    producer.tryPushMany([record, record]);
    expect(producer.depthBytes()).toBe(2 * 24);
    consumer.drain(1, nowhere);
    expect(producer.depthBytes()).toBe(24);
  });

  it('counts the records that the next consumer discards', () => {
    const lane = Lane.create({ capacityBytes: 256 });
    lane.producer().tryPushMany([record, record, record]);
    lane.consumer().take(2);
    lane.evictConsumer();
    const heir = lane.consumer();
    expect(heir.discard()).toBe(3);
    expect(heir.hasRecords()).toBe(false);
  });

  it.each([-2, 0x7fff_fff8, 200 << 3, 20 << 3])(
    'refuses to read on at a header that no writer wrote (%s)',
    (header) => {
      const lane = Lane.create({ capacityBytes: 128 });
      const [producer, consumer] = [lane.producer(), lane.consumer()];
      producer.tryPushMany([new Uint8Array(4)]);
      new Int32Array(producer.bytes.buffer, producer.bytes.byteOffset)[0] = header;
      for (let attempt = 0; attempt < 2; attempt++) {
        expect(() => consumer.drain(1, nowhere)).toThrow(code('HIOLOAD_RING_CORRUPT'));
        expect(() => consumer.take(1)).toThrow(code('HIOLOAD_RING_CORRUPT'));
      }
    },
  );
});
