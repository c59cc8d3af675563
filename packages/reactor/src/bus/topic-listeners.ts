import type { Subscription, Topic, TopicListener } from '@hioload/api';
import { RangeMessage } from '@hioload/transport/net';

/** What the listeners of a reactor report to. */
export interface ListenerEvents {
  /** The first listener of a topic has come, before `add` returns. */
  topicGained(topic: Topic): void;
  /** The last listener of a topic has gone. */
  topicLost(topic: Topic): void;
  /** A listener threw, or its promise rejected. Must not throw. */
  onFault(topic: Topic, cause: unknown): void;
}

/** One call of `subscribe`: the same function may listen twice. */
interface Entry {
  readonly hear: TopicListener;
  isLive: boolean;
}

/** The subscriptions of the application itself on one reactor. */
export class TopicListeners {
  readonly #events: ListenerEvents;
  readonly #entries = new Map<Topic, Entry[]>();
  /** A message for each depth of listeners that publish to listeners. */
  readonly #messages: RangeMessage[] = [];
  #depth = 0;

  constructor(events: ListenerEvents) {
    this.#events = events;
  }

  add(topic: Topic, hear: TopicListener): Subscription {
    const entry: Entry = { hear, isLive: true };
    const entries = this.#entries.get(topic);
    // A new array each time: one that is being walked stays as it is.
    this.#entries.set(topic, entries === undefined ? [entry] : [...entries, entry]);
    if (entries === undefined) this.#events.topicGained(topic);
    const unsubscribe = (): void => this.#remove(topic, entry);
    return { unsubscribe, [Symbol.dispose]: unsubscribe };
  }

  /** Whether anybody listens to a topic. */
  has(topic: Topic): boolean {
    return this.#entries.size > 0 && this.#entries.has(topic);
  }

  /** Calls the listeners of a topic. The bytes are the caller's again on return. @returns how many there were */
  tell(topic: Topic, bytes: Uint8Array, start: number, end: number, isBinary: boolean): number {
    const entries = this.#entries.size === 0 ? undefined : this.#entries.get(topic);
    if (entries === undefined) return 0;
    const depth = this.#depth++;
    try {
      const message = (this.#messages[depth] ??= new RangeMessage());
      for (const entry of entries) {
        if (!entry.isLive) continue;
        message.begin(bytes, start, end, isBinary);
        this.#call(topic, entry.hear, message);
        message.expire();
      }
    } finally {
      // Listeners that publish to themselves run out of stack anywhere.
      this.#depth = depth;
    }
    return entries.length;
  }

  #call(topic: Topic, hear: TopicListener, message: RangeMessage): void {
    try {
      const returned = hear(topic, message);
      if (isThenable(returned)) returned.then(undefined, (cause: unknown) => this.#events.onFault(topic, cause));
    } catch (cause) {
      this.#events.onFault(topic, cause);
    }
  }

  #remove(topic: Topic, entry: Entry): void {
    if (!entry.isLive) return;
    entry.isLive = false;
    const left = this.#entries.get(topic)!.filter((other) => other !== entry);
    if (left.length > 0) {
      this.#entries.set(topic, left);
    } else {
      this.#entries.delete(topic);
      this.#events.topicLost(topic);
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
