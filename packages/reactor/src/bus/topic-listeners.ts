import type { Subscription, Topic, TopicListener } from '@hioload/api';
import { RangeMessage } from '@hioload/transport/message';

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
  /** Which of all calls it was. */
  readonly number: number;
}

/**
 * The subscriptions of the application itself on one reactor. To add and to remove one takes the
 * same time however many there are.
 */
export class TopicListeners {
  readonly #events: ListenerEvents;
  /** Oldest first. A set that is being walked leaves out what is taken off meanwhile. */
  readonly #entries = new Map<Topic, Set<Entry>>();
  /** A message for each depth of listeners that publish to listeners. */
  readonly #messages: RangeMessage[] = [];
  #depth = 0;
  #nextNumber = 0;

  constructor(events: ListenerEvents) {
    this.#events = events;
  }

  add(topic: Topic, hear: TopicListener): Subscription {
    const entry: Entry = { hear, number: this.#nextNumber++ };
    const entries = this.#entries.get(topic);
    if (entries === undefined) {
      this.#entries.set(topic, new Set([entry]));
      this.#events.topicGained(topic);
    } else {
      entries.add(entry);
    }
    const unsubscribe = (): void => this.#remove(topic, entry);
    return { unsubscribe, [Symbol.dispose]: unsubscribe };
  }

  /** Whether anybody listens to a topic. */
  has(topic: Topic): boolean {
    return this.#entries.size > 0 && this.#entries.has(topic);
  }

  /**
   * Calls the listeners of a topic. The bytes are the caller's again on return. @returns how many
   * there were
   */
  tell(topic: Topic, bytes: Uint8Array, start: number, end: number, isBinary: boolean): number {
    const entries = this.#entries.size === 0 ? undefined : this.#entries.get(topic);
    if (entries === undefined) return 0;
    const { size } = entries;
    const next = this.#nextNumber;
    const depth = this.#depth++;
    try {
      const message = (this.#messages[depth] ??= new RangeMessage());
      for (const entry of entries) {
        // Too new for this message, as are all behind it.
        if (entry.number >= next) break;
        message.begin(bytes, start, end, isBinary);
        this.#call(topic, entry.hear, message);
        message.expire();
      }
    } finally {
      // Listeners that publish to themselves run out of stack anywhere.
      this.#depth = depth;
    }
    return size;
  }

  #call(topic: Topic, hear: TopicListener, message: RangeMessage): void {
    try {
      const returned = hear(topic, message);
      if (isThenable(returned))
        returned.then(undefined, (cause: unknown) => this.#events.onFault(topic, cause));
    } catch (cause) {
      this.#events.onFault(topic, cause);
    }
  }

  #remove(topic: Topic, entry: Entry): void {
    const entries = this.#entries.get(topic);
    if (entries === undefined || !entries.delete(entry) || entries.size > 0) return;
    this.#entries.delete(topic);
    this.#events.topicLost(topic);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}
