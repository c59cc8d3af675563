/* The hash of a topic, by which reactors find the subscribers of other reactors. */
import type { TopicHash } from '@hioload/api';

/**
 * Hashes a topic: FNV-1a over its UTF-16 units, then mixed, because the low bits choose the bucket.
 * Equal topics have equal hashes in all threads of a process. The hash does not withstand people
 * who look for collisions; a collision only costs a look.
 */
export function topicHash(topic: string): TopicHash {
  let hash = 0x811c9dc5;
  for (let i = 0; i < topic.length; i++) hash = Math.imul(hash ^ topic.charCodeAt(i), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  return hash ^ (hash >>> 13);
}
