import { topicHash } from '@hioload/pool';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { TopicCache } from '../../src/bus/topic-cache.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Bytes that are held when all garbage is gone. */
function retainedBytes(): number {
  for (let i = 0; i < 3; i++) collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

describe('the cache of topics', () => {
  it('tells topics apart that have the same hash', () => {
    const [first, second] = ['t439599', 't622382'];
    expect(topicHash(first)).toBe(topicHash(second));
    const cache = new TopicCache();
    for (const topic of [first, second, first, second]) {
      const bytes = Buffer.from(topic);
      expect(cache.get(topicHash(topic), bytes, 0, bytes.length)).toBe(topic);
    }
  });

  it('stays small, however many and long the topics are', () => {
    const cache = new TopicCache();
    const before = retainedBytes();
    for (let i = 0; i < 4_096; i++) {
      const topic = `${i}`.padEnd(65_535, 'x');
      const bytes = Buffer.from(topic);
      expect(cache.get(i, bytes, 0, bytes.length) === topic).toBe(true);
    }
    expect(retainedBytes() - before).toBeLessThan(32 * 1_048_576);
    expect(cache.get(0, Buffer.from('still'), 0, 5)).toBe('still');
  });
});
