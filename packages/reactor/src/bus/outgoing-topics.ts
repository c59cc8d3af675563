import { OutgoingTopic } from './outgoing-topic.js';

/**
 * Topics that are kept; what publishes to more of them hashes and encodes each again now and then.
 */
const MAX_KEPT = 4_096;
/** Longer topics are made for each message: kept, they could take hundreds of megabytes. */
const MAX_KEPT_BYTES = 512;

/**
 * The topics that a thread publishes to. Hashing and encoding one costs as much as the rest of a
 * short message; many messages in a row are for one topic, and others come again.
 */
export class OutgoingTopics {
  #lastText: string | undefined;
  #last: OutgoingTopic | undefined;
  readonly #kept = new Map<string, OutgoingTopic>();

  /** Whether a topic was asked for before, and is kept. */
  has(text: string): boolean {
    // Who does without types may ask for `undefined`.
    if (text === this.#lastText) return this.#last !== undefined;
    const kept = this.#kept.get(text);
    if (kept === undefined) return false;
    this.#lastText = text;
    this.#last = kept;
    return true;
  }

  get(text: string): OutgoingTopic {
    if (this.has(text)) return this.#last!;
    const made = this.#make(text);
    this.#last = made;
    this.#lastText = text;
    return made;
  }

  #make(text: string): OutgoingTopic {
    const topic = new OutgoingTopic(text);
    if (topic.byteLength > MAX_KEPT_BYTES) return topic;
    if (this.#kept.size >= MAX_KEPT) this.#kept.clear();
    this.#kept.set(topic.text(), topic);
    return topic;
  }
}
