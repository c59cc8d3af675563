// Test support: a client that subscribes and unsubscribes all the time.
import type { Prng } from '@hioload/test-support/random';
import type { TopicClient } from './client.js';
import { type Publisher, readEntry } from './ledger.js';

/** The time of one subscription, as its client saw it. */
interface Window {
  readonly topic: string;
  /** By publisher: how many it had published when the subscription was there. */
  readonly before: ReadonlyMap<string, number>;
  readonly heard: readonly string[];
}

/** A client that subscribes to one topic after the other, and unsubscribes. */
export class Churner {
  readonly client: TopicClient;
  readonly windows: Window[] = [];
  readonly #publishers: readonly Publisher[];
  readonly #random: Prng;

  constructor(client: TopicClient, publishers: readonly Publisher[], random: Prng) {
    this.client = client;
    this.#publishers = publishers;
    this.#random = random;
  }

  /** Goes on until `running` says no. */
  async run(topics: readonly string[], running: () => boolean): Promise<void> {
    while (running()) await this.#subscribeOnce(this.#random.pick(topics));
  }

  async #subscribeOnce(topic: string): Promise<void> {
    const { heard } = this.client;
    const start = heard.length;
    if ((await this.client.subscribe(topic)) !== true)
      throw new Error(`could not subscribe to ${topic}`);
    const before = new Map(
      this.#publishers.map((publisher) => [publisher.name, publisher.count(topic)]),
    );
    if (this.#random.oneIn(2)) await this.#probe(topic);
    else for (let i = this.#random.below(4); i > 0; i--) await this.client.ask({ do: 'who' });
    await this.client.ask({ do: 'unsubscribe', topic });
    this.windows.push({ topic, before, heard: heard.slice(start) });
  }

  /** What is published from now on has to arrive, unless a lane was full. */
  async #probe(topic: string): Promise<void> {
    const publisher = this.#random.pick(this.#publishers);
    const { number, isTaken } = await publisher.probe(topic);
    if (!isTaken) return;
    const isIt = (text: string): boolean => {
      const entry = readEntry(text);
      return entry.publisher === publisher.name && entry.number === number;
    };
    const deadline = performance.now() + 10_000;
    while (!this.client.heard.some(isIt)) {
      if (performance.now() > deadline)
        throw new Error(`${topic}: ${publisher.name} ${number} never came`);
      await this.client.ask({ do: 'who' });
    }
  }
}

/**
 * Holds the windows of a churner against all that reached its reactor: what it heard of a publisher
 * is one run of it without a gap, which begins no later than with what was published once the
 * subscription was there.
 * @param reached numbers that reached the reactor, by `topic publisher`
 * @returns what is wrong
 */
export function judge(
  { windows }: Churner,
  reached: ReadonlyMap<string, readonly number[]>,
): string[] {
  return windows.flatMap(({ topic, before, heard }) => {
    const faults: string[] = [];
    for (const [publisher, count] of before) {
      const entries = heard.map(readEntry).filter((entry) => entry.publisher === publisher);
      if (entries.some((entry) => entry.topic !== topic))
        faults.push(`heard of another topic than ${topic}`);
      const numbers = entries.map(({ number }) => number);
      if (numbers.length === 0) continue;
      const all = reached.get(`${topic} ${publisher}`) ?? [];
      const from = all.indexOf(numbers[0]!);
      const run = all.slice(from, from + numbers.length);
      if (from < 0 || run.join() !== numbers.join())
        faults.push(`${topic} ${publisher}: ${numbers.join()} is no run of ${all.join()}`);
      const firstDue = all.find((number) => number >= count);
      if (firstDue !== undefined && firstDue < numbers[0]!) {
        faults.push(`${topic} ${publisher}: ${firstDue} is missing before ${numbers[0]}`);
      }
    }
    return faults;
  });
}
