// Tests of the cache of topics that a thread publishes to.
import { topicHash } from '@hioload/pool';
import { describe, expect, it } from 'vitest';
import { OutgoingTopics } from '../../src/bus/known-topics.js';
import { retainedBytes } from './retained-bytes.js';

describe('the topics that a thread publishes to', () => {
  it('are hashed and measured once', () => {
    const topics = new OutgoingTopics();
    const news = topics.get('news');
    expect([news.text, news.hash, news.byteLength]).toEqual(['news', topicHash('news'), 4]);
    expect(topics.get('größe').byteLength).toBe(7);
    expect(topics.get(['ne', 'ws'].join(''))).toBe(news);
  });

  it('are known after their first use, and no others are', () => {
    const topics = new OutgoingTopics();
    expect(['', 'news'].map((topic) => topics.has(topic))).toEqual([false, false]);
    topics.get('news');
    topics.get('weather');
    expect(['news', 'weather', ''].map((topic) => topics.has(topic))).toEqual([true, true, false]);
  });

  it('do not include a value that is no topic, even before the first use', () => {
    expect(new OutgoingTopics().has(undefined as unknown as string)).toBe(false);
  });

  it('are kept up to a number and a length', () => {
    const topics = new OutgoingTopics();
    const first = topics.get('0');
    for (let i = 1; i < 4_096; i++) topics.get(`${i}`);
    expect(topics.get('0')).toBe(first);
    topics.get('one too many');
    expect(topics.has('1')).toBe(false);
    const long = 'x'.repeat(513);
    topics.get(long);
    topics.get('short');
    expect(topics.has(long)).toBe(false);
  });

  it('do not keep their messages alive', () => {
    const topics = new OutgoingTopics();
    const before = retainedBytes();
    for (let i = 0; i < 64; i++) {
      const message = `topic of message ${i} ${'x'.repeat(1_048_576)}`;
      topics.get(message.slice(0, message.lastIndexOf(' ')));
    }
    expect(retainedBytes() - before).toBeLessThan(8 * 1_048_576);
    expect(topics.has('topic of message 0')).toBe(true);
  });

  it('do not keep the message alive that the last topic was cut from', () => {
    const topics = new OutgoingTopics();
    const before = retainedBytes();
    const ask = (look: (topic: string) => unknown, tail: string): void => {
      const message = `topic of a message ${tail.repeat(16 * 1_048_576)}`;
      look(message.slice(0, message.lastIndexOf(' ')));
    };
    ask((topic) => topics.get(topic), 'x');
    expect(retainedBytes() - before).toBeLessThan(8 * 1_048_576);
    topics.get('another topic');
    ask((topic) => topics.has(topic), 'y');
    expect(retainedBytes() - before).toBeLessThan(8 * 1_048_576);
    const long = 'z'.repeat(600);
    ask(() => topics.get(`${long} ${'z'.repeat(16 * 1_048_576)}`.slice(0, 600)), 'z');
    expect(retainedBytes() - before).toBeLessThan(8 * 1_048_576);
  });
});
