// Tests of the ring with many producers against its model.
import { MpscRing } from '@hioload/pool';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

interface Script {
  readonly capacity: number;
  readonly firstSequence: number;
  readonly steps: readonly (readonly ['push', number, number] | readonly ['drain', number])[];
}
const scripts: fc.Arbitrary<Script> = fc.record({
  capacity: fc.constantFrom(1, 2, 8),
  firstSequence: fc.constantFrom(0, 2 ** 31 - 2, 2 ** 32 - 2),
  steps: fc.array(
    fc.oneof(
      fc.tuple(fc.constant('push' as const), fc.nat({ max: 2 }), fc.nat({ max: 24 })),
      fc.tuple(fc.constant('drain' as const), fc.nat({ max: 9 })),
    ),
    { maxLength: 60 },
  ),
});

/**
 * Records come out in the order of their pushes, whole and once; a push is refused only where the
 * ring is full.
 */
function keepsOrder(
  script: Script,
  wrongly: (record: string, at: number) => string = (record) => record,
): void {
  const ring = MpscRing.create({ ...script, slotBytes: 24 });
  const producers = [ring.producer(), ring.producer(), ring.producer()];
  const consumer = ring.consumer();
  const model: string[] = [];
  let seen = 0;
  const drain = (limit: number): void => {
    const out: string[] = [];
    consumer.drain(limit, (bytes, start, end) => {
      out.push(wrongly(Buffer.from(bytes.slice(start, end)).toString('hex'), seen++));
    });
    const expected = model.splice(0, Math.min(limit, model.length));
    if (out.join() !== expected.join())
      throw new Error(`saw ${out.join()}, expected ${expected.join()}`);
  };
  script.steps.forEach((step, number) => {
    if (step[0] === 'drain') return drain(step[1]);
    const record = new Uint8Array(step[2]).fill(number);
    const fits = model.length < script.capacity;
    if (producers[step[1]]!.tryPush(record) !== fits)
      throw new Error(`${model.length} held, fits: ${fits}`);
    if (fits) model.push(Buffer.from(record).toString('hex'));
  });
  drain(Number.POSITIVE_INFINITY);
}

describe('MpscRing', () => {
  it('keeps the order of the pushes', () => {
    fc.assert(
      fc.property(scripts, (script) => keepsOrder(script)),
      { numRuns: 300 },
    );
  });

  it('the property catches a ring that tears every fifth record', () => {
    const torn = (record: string, at: number): string => (at % 5 === 4 ? `${record}00` : record);
    expect(
      fc.check(
        fc.property(scripts, (script) => keepsOrder(script, torn)),
        { numRuns: 500 },
      ).failed,
    ).toBe(true);
  });
});
