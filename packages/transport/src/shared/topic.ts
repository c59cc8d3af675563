import { HioloadError, type Topic } from '@hioload/api';
import { utf8ByteLength } from '@hioload/protocol';

/** Checks a topic that an application names. @throws HIOLOAD_TOPIC_INVALID */
export function assertTopic(topic: Topic, maxTopicBytes: number): void {
  // No character takes more than three bytes per unit of UTF-16: short topics need no count.
  if (typeof topic === 'string' && topic.length > 0) {
    if (topic.length * 3 <= maxTopicBytes || utf8ByteLength(topic) <= maxTopicBytes) return;
  }
  const shown = typeof topic === 'string' ? `of ${utf8ByteLength(topic)} bytes` : `of type ${typeof topic}`;
  throw new HioloadError('HIOLOAD_TOPIC_INVALID', `topic ${shown}: a string of 1..${maxTopicBytes} bytes is allowed`);
}
