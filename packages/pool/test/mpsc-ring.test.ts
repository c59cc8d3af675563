// Tests of the ring with many producers and one consumer.
import { MpscRing } from '@hioload/pool';
import { mpscLayout } from '@hioload/pool/internal';
import { describe, expect, it } from 'vitest';

const code = (expected: string): unknown =>
  expect.objectContaining({ name: 'HioloadError', code: expected });

/** Leaves a claim behind, as a producer does that dies between its claim and its record. */
function claimAndDie({ region }: MpscRing): void {
  Atomics.add(new Int32Array(region.buffer, region.byteOffset), mpscLayout.TAIL, 1);
}

describe('MpscRing', () => {
  it('takes every record that fits a slot, also the empty one', () => {
    const ring = MpscRing.create({ capacity: 4, slotBytes: 16 });
    const [producer, consumer] = [ring.producer(), ring.consumer()];
    const lengths: number[] = [];
    for (const length of [0, 1, 16]) producer.tryPush(new Uint8Array(length));
    consumer.drain(10, (_, start, end) => void lengths.push(end - start));
    expect(lengths).toEqual([0, 1, 16]);
    expect(() => producer.tryPush(new Uint8Array(17))).toThrow(code('HIOLOAD_RECORD_TOO_LARGE'));
  });

  it('is full when it holds its capacity', () => {
    const ring = MpscRing.create({ capacity: 2, slotBytes: 8 });
    const [one, other] = [ring.producer(), ring.producer()];
    const record = new Uint8Array(8);
    expect([one.tryPush(record), other.tryPush(record), one.tryPush(record)]).toEqual([
      true,
      true,
      false,
    ]);
    ring.consumer().drain(1, () => undefined);
    expect([other.tryPush(record), one.tryPush(record)]).toEqual([true, false]);
  });

  it('shows the claim of a dead producer, and goes on when the claim is given up', () => {
    const ring = MpscRing.create({ capacity: 4, slotBytes: 8 });
    const [producer, consumer] = [ring.producer(), ring.consumer()];
    expect(consumer.waitsForClaim()).toBe(false);
    claimAndDie(ring);
    producer.tryPush(Uint8Array.of(7));
    expect(consumer.drain(10, () => undefined)).toBe(0);
    expect(consumer.waitsForClaim()).toBe(true);
    consumer.abandonClaim();
    expect(() => consumer.abandonClaim()).toThrow(code('HIOLOAD_STATE'));
    const seen: number[] = [];
    consumer.drain(10, (bytes, start) => void seen.push(bytes[start]!));
    expect(seen).toEqual([7]);
    for (let lap = 0; lap < 8; lap++) {
      expect(producer.tryPush(Uint8Array.of(lap))).toBe(true);
      expect(consumer.drain(10, () => undefined)).toBe(1);
    }
  });

  it('refuses a second consumer, and refuses to drain inside a sink', () => {
    const ring = MpscRing.create({ capacity: 4, slotBytes: 8 });
    const consumer = ring.consumer();
    ring.producer().tryPush(new Uint8Array(1));
    expect(() => MpscRing.attach(ring.region).consumer()).toThrow(code('HIOLOAD_ROLE_TAKEN'));
    expect(() => consumer.drain(1, () => void consumer.drain(1, () => undefined))).toThrow(
      code('HIOLOAD_STATE'),
    );
  });

  it.each([
    { capacity: 3, slotBytes: 8 },
    { capacity: 2 ** 21, slotBytes: 8 },
    { capacity: 4, slotBytes: 9 },
  ])('refuses %o', (options) => {
    expect(() => MpscRing.create(options)).toThrow(code('HIOLOAD_OPTION_INVALID'));
  });
});
