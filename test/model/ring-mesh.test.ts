// Tests of the ring mesh against its model.
import { type Lane, type LaneConsumer, type LaneProducer, RingMesh } from '@hioload/pool';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const REACTORS = 3;
const PAIRS = [0, 1, 2].flatMap((from) =>
  [0, 1, 2].flatMap((to) => (from === to ? [] : [[from, to] as const])),
);

type Step = readonly ['push', pair: number, byte: number] | readonly ['drain', pair: number];
const pair = fc.nat({ max: PAIRS.length - 1 });
const steps: fc.Arbitrary<readonly Step[]> = fc.array(
  fc.oneof(
    fc.tuple(fc.constant('push' as const), pair, fc.nat({ max: 255 })),
    fc.tuple(fc.constant('drain' as const), pair),
  ),
  { maxLength: 60 },
);

type LaneOf = (mesh: RingMesh, from: number, to: number) => Lane;
const soundly: LaneOf = (mesh, from, to) => mesh.lane(from, to);

/** What one reactor sends to another arrives there, in order, and nowhere else. */
function keepsPairsApart(script: readonly Step[], laneOfWriter = soundly): void {
  const mesh = RingMesh.create({ reactors: REACTORS, laneCapacityBytes: 64 });
  for (let reactor = 0; reactor < REACTORS; reactor++) mesh.openInbox(reactor);
  const readers = RingMesh.attach(mesh.region);
  const producers: LaneProducer[] = PAIRS.map(([from, to]) =>
    laneOfWriter(mesh, from, to).producer({ flushEvery: 1 }),
  );
  const consumers: LaneConsumer[] = PAIRS.map(([from, to]) => readers.lane(from, to).consumer());
  const model: number[][] = PAIRS.map(() => []);
  const drain = (number: number): void => {
    const seen: number[] = [];
    consumers[number]!.drain(
      Number.POSITIVE_INFINITY,
      (bytes, start) => void seen.push(bytes[start]!),
    );
    const expected = model[number]!.splice(0);
    if (seen.join() !== expected.join()) {
      throw new Error(
        `lane ${PAIRS[number]!.join(' to ')}: ${seen.join()}, not ${expected.join()}`,
      );
    }
  };
  for (const [act, number, byte] of script) {
    if (act === 'drain') drain(number);
    else if (producers[number]!.tryPush(Uint8Array.of(byte))) model[number]!.push(byte);
  }
  PAIRS.forEach((_, number) => drain(number));
}

describe('RingMesh', () => {
  it('keeps the records of each pair apart', () => {
    fc.assert(
      fc.property(steps, (script) => keepsPairsApart(script)),
      { numRuns: 300 },
    );
  });

  it.each<[string, LaneOf]>([
    ['takes a lane for the one back', (mesh, from, to) => mesh.lane(to, from)],
    [
      'counts the writers from the wrong end',
      (mesh, from, to) => mesh.lane(REACTORS - from - to, to),
    ],
  ])('the property catches a mesh that %s', (_, laneOfWriter) => {
    const property = fc.property(steps, (script) => keepsPairsApart(script, laneOfWriter));
    expect(fc.check(property, { numRuns: 300 }).failed).toBe(true);
  });
});
