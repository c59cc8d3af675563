// Tests of the cache of topics that a reactor reads.
import { topicHash } from '@hioload/pool';
import { describe, expect, it } from 'vitest';
import { IncomingTopics } from '../../src/bus/known-topics.js';
import { retainedBytes } from './retained-bytes.js';

/** The topic that `cache` returns for bytes among other bytes. */
function look(cache: IncomingTopics, hash: number, topic: string): string {
  const start = 12;
  const end = start + Buffer.byteLength(topic);
  const words = new Int32Array((end + 8) >> 2).fill(-1);
  const bytes = new Uint8Array(words.buffer);
  bytes.set(Buffer.from(topic), start);
  return cache.get(hash, bytes, words, start, end);
}

describe('the cache of topics', () => {
  it('tells topics apart that have the same hash', () => {
    const [first, second] = ['t439599', 't622382'];
    expect(topicHash(first)).toBe(topicHash(second));
    const cache = new IncomingTopics();
    for (const topic of [first, second, first, second])
      expect(look(cache, topicHash(topic), topic)).toBe(topic);
  });

  it('tells topics of one hash apart that differ in any one place', () => {
    for (let length = 1; length <= 13; length++) {
      const cache = new IncomingTopics();
      const topic = 'x'.repeat(length);
      for (let i = 0; i < length; i++) {
        const other = `${topic.slice(0, i)}y${topic.slice(i + 1)}`;
        for (const one of [topic, other, other, `${topic}x`]) expect(look(cache, 0, one)).toBe(one);
      }
    }
  });

  it('stays small, however many and long the topics are', () => {
    const cache = new IncomingTopics();
    const before = retainedBytes();
    for (let i = 0; i < 4_096; i++) {
      const topic = `${i}`.padEnd(65_535, 'x');
      expect(look(cache, i, topic) === topic).toBe(true);
    }
    expect(retainedBytes() - before).toBeLessThan(32 * 1_048_576);
    expect(look(cache, 0, 'still')).toBe('still');
  });
});
