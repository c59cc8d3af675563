/* The one check of a topic that an application names. */
import type { Topic } from './connection.js';
import { HioloadError } from './errors.js';

/**
 * Checks a topic: a string of well-formed Unicode, of 1 to `maxTopicBytes` bytes in UTF-8.
 * @throws HIOLOAD_TOPIC_INVALID
 */
export function assertTopic(topic: Topic, maxTopicBytes: number): void {
  if (typeof topic === 'string' && topic.length > 0 && topic.isWellFormed()) {
    // A unit of UTF-16 takes at most three bytes, so the bytes of a short topic need no count.
    if (topic.length * 3 <= maxTopicBytes || utf8Bytes(topic) <= maxTopicBytes) return;
  }
  throw new HioloadError(
    'HIOLOAD_TOPIC_INVALID',
    `a topic must be a string of 1 to ${maxTopicBytes} bytes of UTF-8; got ${describe(topic)}`,
  );
}

function describe(topic: unknown): string {
  if (typeof topic !== 'string') return `a value of type ${typeof topic}`;
  if (!topic.isWellFormed()) return 'half a surrogate pair';
  return `${utf8Bytes(topic)} bytes`;
}

function utf8Bytes(text: string): number {
  return new TextEncoder().encode(text).length;
}
