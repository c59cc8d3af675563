// End-to-end tests of a reactor that stands still while others publish to it.
import { eventually } from '@hioload/test-support/waiting';
import { describe, expect, it } from 'vitest';
import { startReactors } from '../server/start-server.js';
import { openOnEach, type TopicClient } from './client.js';
import { Figures, settledFigures } from './figures.js';
import { numbersHeard, Publisher } from './ledger.js';

const NEWS = 'news';

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i);

/** What a client heard of a publisher. */
const heardOf = ({ heard }: TopicClient, { name }: Publisher): number[] =>
  numbersHeard(heard).get(`${NEWS} ${name}`) ?? [];

describe('a reactor that stands still', () => {
  it.each([
    { what: 'short messages', leastBytes: 300 },
    { what: 'messages too long for its lane', leastBytes: 100_000 },
  ])(
    'is reported, delays no other, and loses only messages that do not fit: $what',
    { timeout: 60_000 },
    async ({ leastBytes }) => {
      const { url, adminUrl } = await startReactors(3, 'topics.ts', { bus: { laneBytes: 65_536 } });
      const [[blocked], [listening], [speaking]] = (await openOnEach(url, 3)) as [
        [TopicClient],
        [TopicClient],
        [TopicClient],
      ];
      for (const client of [blocked, listening]) await client.subscribe(NEWS);
      const publisher = new Publisher(speaking, 'speaker', leastBytes);
      const before = await latencies(publisher, listening, 200);

      blocked.tell({ do: 'block', ms: 5_000 });
      let isBlocked = true;
      void blocked.ask({ do: 'who' }).then(() => (isBlocked = false));
      const during = await latencies(publisher, listening, 300);
      const stalledReactor = (): Promise<boolean> =>
        Figures.read(adminUrl).then((read) => read.of(blocked.reactor).stalled);
      await expect.poll(stalledReactor, { timeout: 4_000 }).toBe(true);
      const page = await (await fetch(`${adminUrl}/metrics`)).text();
      expect(page).toContain(`ws_reactor_up{reactor="${blocked.reactor}"} 0`);
      // All of it came while the other stood still.
      expect(isBlocked).toBe(true);
      console.info(
        `median latency: ${median(before)} ms before, ${median(during)} ms beside a reactor ` +
          'that stands still',
      );

      await eventually('it turns again', () => !isBlocked);
      const figures = await settledFigures(adminUrl);
      await blocked.ask({ do: 'who' });
      expect(heardOf(listening, publisher)).toEqual(upTo(publisher.count(NEWS)));
      expect(Object.keys(figures.full)).toEqual([`${speaking.reactor}>${blocked.reactor}`]);
      expect(heardOf(blocked, publisher).length + figures.lost).toBe(publisher.count(NEWS));
    },
  );
});

/**
 * Publishes one message after the other, each when the last has arrived at a client of another
 * reactor.
 */
async function latencies(
  publisher: Publisher,
  listening: TopicClient,
  count: number,
): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < count; i++) {
    const { length } = listening.heard;
    const start = performance.now();
    const arrival = new Promise((resolve) => listening.socket.once('message', resolve));
    publisher.publish(NEWS);
    await arrival;
    expect(listening.heard).toHaveLength(length + 1);
    times.push(performance.now() - start);
  }
  return times;
}

function median(values: readonly number[]): string {
  return values.toSorted((a, b) => a - b)[values.length >> 1]!.toFixed(2);
}
