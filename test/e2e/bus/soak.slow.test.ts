// A soak test of the bus: memory stays flat over time.
import { Prng } from '@hioload/test-support/random';
import { describe, expect, it } from 'vitest';
import { startReactors } from '../server/start-server.js';
import { openOnEach, TopicClient } from './client.js';
import { settledFigures } from './figures.js';

/** 30 by default, 600 by hand. */
const SECONDS = Number(process.env['HIOLOAD_SOAK_SECONDS'] ?? 30);
const REACTORS = 2;
const TOPICS = Array.from({ length: 40 }, (_, i) => `soak-${i}`);
const SIZES = [0, 10, 64, 500, 2_048, 2_049, 4_000, 30_000, 200_000, 1_000_000];
const MIB = 1_048_576;

const seed = Number(process.env['HIOLOAD_SEED'] ?? Date.now() % 1_000_000);

/**
 * Memory of the process, which holds server and clients: what a while has at least, garbage aside.
 */
class Memory {
  readonly #samples: number[] = [];

  sample(): void {
    this.#samples.push(process.memoryUsage.rss());
  }

  /** Least in a third of the time, in MiB: 0 is the first. */
  leastIn(third: number): number {
    const length = Math.floor(this.#samples.length / 3);
    return Math.min(...this.#samples.slice(third * length, (third + 1) * length)) / MIB;
  }
}

describe(`a soak of ${SECONDS} s (HIOLOAD_SEED=${seed})`, () => {
  it(
    'leaves memory flat and every lease at home',
    { timeout: (SECONDS + 60) * 1_000 },
    async () => {
      const random = new Prng(seed);
      const { url, adminUrl } = await startReactors(REACTORS, 'topics.ts');
      const clients = (await openOnEach(url, REACTORS, 8)).flat();
      const publishers = (await openOnEach(url, REACTORS, 2)).flat();
      const payloads = SIZES.map((size) => Buffer.alloc(size, 'x'));
      const memory = new Memory();
      const end = performance.now() + SECONDS * 1_000;
      let published = 0;
      while (performance.now() < end) {
        for (const client of clients) {
          await client.ask({
            do: random.oneIn(2) ? 'unsubscribe' : 'subscribe',
            topic: random.pick(TOPICS),
          });
          client.heard.length = 0;
        }
        for (const publisher of publishers) {
          for (let i = 0; i < 10; i++)
            publisher.publish(random.pick(TOPICS), random.pick(payloads));
          published += 10;
          await publisher.ask({ do: 'who' });
        }
        // Some come and go: their subscriptions end with them.
        const passing = await TopicClient.open(url);
        for (let i = 0; i < 5; i++) await passing.subscribe(random.pick(TOPICS));
        if (random.oneIn(2)) passing.socket.close();
        else passing.socket.terminate();
        memory.sample();
      }
      const figures = await settledFigures(adminUrl);
      expect(figures.sum('ws_messages_dropped_total{reason="buffer_full"}')).toBe(0);
      expect(figures.sum('ws_bus_messages_total{direction="in"}')).toBeGreaterThan(published / 10);
      // In the first third heaps and buffers grow to what they need.
      const [warming, middle, last] = [0, 1, 2].map((third) => memory.leastIn(third)) as [
        number,
        number,
        number,
      ];
      const course = [warming, middle, last].map((mib) => mib.toFixed()).join(', ');
      console.info(
        `${published} messages published; least memory in each third of the time: ${course} MiB`,
      );
      expect(last).toBeLessThan(middle * 1.1 + 16);
    },
  );
});
