// Tests of the interest map against its model.
import type { InterestWriter } from '@hioload/api';
import { InterestMap, topicHash } from '@hioload/pool';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const REACTORS = 70;
const TOPICS = ['', 'a', 'b', 'prices', 'ünïcode', '🚀'];
/** At the edges of the masks. */
const reactor = fc.constantFrom(0, 1, 31, 32, 63, 64, 69);
const stepOf = (reactor: fc.Arbitrary<number>): fc.Arbitrary<Step> =>
  fc.record({
    reactor,
    topic: fc.constantFrom(...TOPICS),
    act: fc.constantFrom('add', 'remove', 'clear'),
  });

interface Step {
  readonly reactor: number;
  readonly topic: string;
  readonly act: string;
}

type Fault = (writer: InterestWriter) => InterestWriter;

/** A reactor with a subscriber is always in the mask; with enough buckets, none without is. */
function namesWhoSubscribed(
  buckets: number,
  steps: readonly Step[],
  fault: Fault = (it) => it,
): void {
  const map = InterestMap.create({ reactors: REACTORS, buckets });
  const reader = InterestMap.attach(map.region);
  const writers = new Map<number, InterestWriter>();
  const model = new Map<number, string[]>();
  for (const { reactor, topic, act } of steps) {
    const topics = model.get(reactor) ?? [];
    if (act === 'clear') {
      map.clear(reactor);
      model.delete(reactor);
      writers.delete(reactor);
      continue;
    }
    if (act === 'remove' && !topics.includes(topic)) continue;
    const writer = writers.get(reactor) ?? fault(map.writer(reactor));
    writers.set(reactor, writer);
    writer[act as 'add' | 'remove'](topicHash(topic));
    if (act === 'add') topics.push(topic);
    else topics.splice(topics.indexOf(topic), 1);
    model.set(reactor, topics);
  }
  for (const topic of TOPICS) {
    for (let number = 0; number < REACTORS; number++) {
      const named = (reader.mask(topicHash(topic), number >> 5) & (1 << (number & 31))) !== 0;
      const subscribed = model.get(number)?.includes(topic) === true;
      if (subscribed && !named)
        throw new Error(`reactor ${number} subscribed to "${topic}" and is not named`);
      if (buckets > 1 && named && !subscribed)
        throw new Error(`reactor ${number} is named for "${topic}"`);
    }
  }
}

describe('InterestMap', () => {
  it.each([1, 16_384])('never misses a reactor that subscribed, with %i buckets', (buckets) => {
    fc.assert(
      fc.property(fc.array(stepOf(reactor), { maxLength: 40 }), (steps) =>
        namesWhoSubscribed(buckets, steps),
      ),
    );
  });

  it('the property catches a map that forgets the bit with the first of two topics', () => {
    const forgetful: Fault = (writer) => {
      const noted = new Set<number>();
      return {
        add: (topic) => void (noted.has(topic) || (noted.add(topic), writer.add(topic))),
        remove: (topic) => void (noted.delete(topic) && writer.remove(topic)),
      };
    };
    // One topic of one reactor: two more and one less come up in next to every run.
    const step = fc.record({
      reactor: fc.constant(31),
      topic: fc.constant('a'),
      act: fc.constantFrom('add', 'remove'),
    });
    const property = fc.property(fc.array(step, { maxLength: 40, size: 'max' }), (all) =>
      namesWhoSubscribed(16_384, all, forgetful),
    );
    expect(fc.check(property, { numRuns: 1_000 }).failed).toBe(true);
  });

  it('gives a reactor its own bit of its own mask', () => {
    const map = InterestMap.create({ reactors: REACTORS, buckets: 16_384 });
    for (const reactor of [0, 31, 32, 69]) map.writer(reactor).add(1);
    expect(map.maskCount).toBe(3);
    expect([0, 1, 2].map((index) => map.mask(1, index))).toEqual([-2_147_483_647, 1, 32]);
    expect(() => map.writer(3).remove(1)).toThrow(
      expect.objectContaining({ code: 'HIOLOAD_STATE' }),
    );
  });

  it('refuses to remove an absent entry, and refuses an unknown reactor', () => {
    const map = InterestMap.create({ reactors: 2, buckets: 4 });
    const state = expect.objectContaining({ code: 'HIOLOAD_STATE' });
    const invalid = expect.objectContaining({ code: 'HIOLOAD_OPTION_INVALID' });
    expect(() => map.writer(0).remove(1)).toThrow(state);
    expect(() => map.writer(2)).toThrow(invalid);
    for (const options of [{ reactors: 0 }, { reactors: 4_097 }, { reactors: 1, buckets: 3 }]) {
      expect(() => InterestMap.create(options)).toThrow(invalid);
    }
  });
});
