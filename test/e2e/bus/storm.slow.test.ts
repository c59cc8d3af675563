// A storm of messages over the bus, in which each one is accounted for.
import { Prng } from '@hioload/test-support/random';
import { describe, expect, it } from 'vitest';
import { startReactors } from '../server/start-server.js';
import { Churner, judge } from './churner.js';
import { openOnEach, type TopicClient } from './client.js';
import { settledFigures } from './figures.js';
import { numbersHeard, Publisher } from './ledger.js';

const REACTORS = 4;
const SUBSCRIBERS_EACH = 250;
const CHURNERS_EACH = 20;
const PUBLISHERS_EACH = 2;
const TOPICS = Array.from({ length: 16 }, (_, i) => `topic-${i}`);

/** Lanes that hold less than a burst. */
const SMALL_LANES = { laneBytes: 4_096 };

const seed = Number(process.env['HIOLOAD_SEED'] ?? Date.now() % 1_000_000);

/** What reached a reactor: what its stable subscribers heard, who all must have heard the same. */
function reachedBy(subscribers: readonly TopicClient[]): Map<string, number[]> {
  const reached = new Map<string, number[]>();
  for (const { heard, reactor } of subscribers) {
    for (const [key, numbers] of numbersHeard(heard)) {
      const others = (reached.get(key) ?? numbers).join();
      if (numbers.join() !== others)
        throw new Error(`reactor ${reactor}, ${key}: ${numbers.join()} and ${others}`);
      reached.set(key, numbers);
    }
  }
  return reached;
}

/** Messages that never reached a reactor, by the lane that should have carried them: `from>to`. */
function missing(
  publishers: readonly Publisher[],
  reached: readonly ReadonlyMap<string, readonly number[]>[],
): Record<string, number> {
  const lost: Record<string, number> = {};
  for (const publisher of publishers) {
    for (const topic of TOPICS) {
      reached.forEach((here, to) => {
        const arrived = here.get(`${topic} ${publisher.name}`)?.length ?? 0;
        const gone = publisher.count(topic) - arrived;
        const lane = `${publisher.client.reactor}>${to}`;
        if (gone !== 0) lost[lane] = (lost[lane] ?? 0) + gone;
      });
    }
  }
  return lost;
}

describe(`a storm of messages (HIOLOAD_SEED=${seed})`, () => {
  it(
    'reaches every subscriber in order and once, and counts each loss exactly',
    { timeout: 120_000 },
    async () => {
      const random = new Prng(seed);
      const { url, adminUrl } = await startReactors(REACTORS, 'topics.ts', { bus: SMALL_LANES });
      const all = await openOnEach(url, REACTORS, SUBSCRIBERS_EACH + PUBLISHERS_EACH);
      const publishers = all.flatMap((here, reactor) =>
        here
          .splice(0, PUBLISHERS_EACH)
          .map((client, i) => new Publisher(client, `p${reactor}-${i}`)),
      );
      const churners = all.flatMap((here) =>
        here.splice(0, CHURNERS_EACH).map((client) => new Churner(client, publishers, random)),
      );
      // Each topic has stable subscribers on each reactor.
      await Promise.all(
        all.flatMap((here) =>
          here.map((client, i) =>
            Promise.all([
              client.subscribe(TOPICS[i % 16]!),
              client.subscribe(TOPICS[(i * 7 + 3) % 16]!),
            ]),
          ),
        ),
      );

      let isRunning = true;
      const churning = churners.map((churner) => churner.run(TOPICS, () => isRunning));
      for (let burst = 0; burst < 12; burst++) {
        for (const publisher of publishers) {
          const [hot, other] = [random.pick(TOPICS), random.pick(TOPICS)];
          for (let i = 0; i < 16; i++) publisher.publish(i % 3 === 0 ? other : hot);
        }
        // The next burst once this one was handled: the lanes are what is to be full, not the
        // sockets.
        await Promise.all(publishers.map(({ client }) => client.ask({ do: 'who' })));
      }
      isRunning = false;
      await Promise.all(churning);
      const figures = await settledFigures(adminUrl);
      await Promise.all(all.flat().map((client) => client.ask({ do: 'who' })));

      const reached = all.map(reachedBy);
      expect(missing(publishers, reached)).toEqual(figures.full);
      expect(figures.lost).toBeGreaterThan(0);
      for (const churner of churners)
        expect(judge(churner, reached[churner.client.reactor]!)).toEqual([]);
      expect(churners.reduce((sum, { windows }) => sum + windows.length, 0)).toBeGreaterThan(
        churners.length,
      );
      expect(figures.sum('ws_messages_dropped_total{reason="lane_full"}')).toBe(figures.lost);
      for (const reason of ['buffer_full', 'slab_full', 'too_long', 'reactor_ended']) {
        expect(figures.sum(`ws_messages_dropped_total{reason="${reason}"}`), reason).toBe(0);
      }
    },
  );
});
