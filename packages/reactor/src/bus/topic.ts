import { HioloadError, type Topic } from '@hioload/api';

/** @throws HIOLOAD_TOPIC_INVALID */
export function assertTopic(topic: Topic, maxTopicBytes: number): void {
  const bytes = typeof topic === 'string' ? Buffer.byteLength(topic) : 0;
  if (bytes >= 1 && bytes <= maxTopicBytes && topic.isWellFormed()) return;
  const allowed = `1..${maxTopicBytes} bytes of well-formed Unicode are allowed`;
  throw new HioloadError('HIOLOAD_TOPIC_INVALID', `topic of ${bytes} bytes: ${allowed}`);
}
