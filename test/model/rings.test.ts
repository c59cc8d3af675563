// Tests of rings and lanes against their model.
import { Lane } from '@hioload/pool';
import { SpscRing } from '@hioload/pool/rings';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { RING_FAULTS } from './faulty-rings.js';
import { keepsItsRecords, ringScripts, type RingUnderTest } from './ring-model.js';

const flushEvery = fc.constantFrom(1, 3, 1_000);
/** Sequences start at 0, and where a sign or all 32 bits wrap within a few records. */
const beginnings = fc.constantFrom(0, 2 ** 31 - 16, 2 ** 32 - 16);

interface RingOptions {
  readonly capacity: number;
  readonly slotBytes: number;
  readonly firstSequence: number;
  readonly flushEvery: number;
}
const ringOptions: fc.Arbitrary<RingOptions> = fc.record({
  capacity: fc.constantFrom(1, 2, 8, 64),
  slotBytes: fc.constantFrom(8, 24, 64),
  firstSequence: beginnings,
  flushEvery,
});
function spscRing(options: RingOptions): RingUnderTest {
  const ring = SpscRing.create(options);
  return {
    producer: ring.producer(options),
    consumer: SpscRing.attach(ring.region).consumer(),
    flushEvery: options.flushEvery,
    lengths: fc.constant(options.slotBytes),
    mayRefuse: (held) => held.length === options.capacity,
  };
}

interface LaneOptions {
  readonly capacityBytes: number;
  readonly firstPosition: number;
  readonly flushEvery: number;
}
const laneOptions: fc.Arbitrary<LaneOptions> = fc.record({
  capacityBytes: fc.constantFrom(64, 128, 512, 4_096),
  firstPosition: beginnings,
  flushEvery,
});
function lane(options: LaneOptions): RingUnderTest {
  const lane = Lane.create(options);
  const producer = lane.producer(options);
  // A record takes at most 18 bytes more than its payload, and a filler at most as many as the
  // record that needs it.
  const mostTaken = (length: number): number => length + 18;
  return {
    producer,
    consumer: Lane.attach(lane.region).consumer(),
    flushEvery: options.flushEvery,
    lengths: fc.oneof(
      fc.nat({ max: Math.min(64, producer.maxRecordBytes) }),
      fc.constant(producer.maxRecordBytes),
    ),
    mayRefuse: (held, length) =>
      held.reduce((sum, one) => sum + 2 * mostTaken(one), 0) + 2 * mostTaken(length) >
        options.capacityBytes && held.length > 0,
  };
}

const rings = {
  SpscRing: ringScripts(ringOptions, spscRing),
  Lane: ringScripts(laneOptions, lane),
};

describe.each(Object.entries(rings))('%s', (_, scripts) => {
  it('hands out each pushed record in order, whole and once', () => {
    fc.assert(fc.property(scripts, keepsItsRecords), { numRuns: 400 });
  });

  it.each(Object.entries(RING_FAULTS))('the property catches a ring that %s', (_name, fault) => {
    const faulty = scripts.map((script) => ({ ...script, open: () => fault(script.open()) }));
    expect(fc.check(fc.property(faulty, keepsItsRecords), { numRuns: 1_000 }).failed).toBe(true);
  });
});
