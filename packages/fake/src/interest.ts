// A fake interest map for tests: knows exactly which reactor has subscribers of a topic.
import {
  HioloadError,
  type InterestReader,
  type InterestWriter,
  type TopicHash,
} from '@hioload/api';

/** The exact interest of each reactor: no two topics share an entry. */
export class FakeInterest implements InterestReader {
  readonly maskCount: number;
  /** Topics with their number of entries, by reactor. */
  readonly #topics: readonly Map<TopicHash, number>[];

  /** @param reactors 1 or more */
  constructor(reactors: number) {
    this.#topics = Array.from({ length: reactors }, () => new Map<TopicHash, number>());
    this.maskCount = Math.ceil(reactors / 32);
  }

  mask(topic: TopicHash, index: number): number {
    const reactors = this.#topics.slice(32 * index, 32 * index + 32);
    return reactors.reduce(
      (mask, topics, bit) => (topics.has(topic) ? mask | (1 << bit) : mask),
      0,
    );
  }

  writer(reactor: number): InterestWriter {
    const topics = this.#topics[reactor]!;
    return {
      add: (topic) => void topics.set(topic, (topics.get(topic) ?? 0) + 1),
      remove: (topic) => {
        const count = topics.get(topic);
        if (count === undefined)
          throw new HioloadError('HIOLOAD_STATE', `remove: topic ${topic} has no entry`);
        if (count === 1) topics.delete(topic);
        else topics.set(topic, count - 1);
      },
    };
  }
}
