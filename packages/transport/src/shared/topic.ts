import { HioloadError, type Topic } from '@hioload/api';
import { utf8ByteLength } from '@hioload/protocol';

/** Checks a topic that an application names. @throws HIOLOAD_TOPIC_INVALID */
export function assertTopic(topic: Topic, maxTopicBytes: number): void {
  if (typeof topic === 'string' && topic.length > 0 && topic.isWellFormed()) {
    // No character takes more than three bytes per unit of UTF-16: short topics need no count.
    if (topic.length * 3 <= maxTopicBytes || utf8ByteLength(topic) <= maxTopicBytes) return;
  }
  const allowed = `a string of 1..${maxTopicBytes} bytes of UTF-8 is allowed`;
  throw new HioloadError('HIOLOAD_TOPIC_INVALID', `topic ${describe(topic)}: ${allowed}`);
}

function describe(topic: unknown): string {
  if (typeof topic !== 'string') return `of type ${typeof topic}`;
  return topic.isWellFormed() ? `of ${utf8ByteLength(topic)} bytes` : 'with half a surrogate pair';
}
