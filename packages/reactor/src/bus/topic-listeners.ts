/* The subscriptions of the application itself on one reactor. */
import {
  follow,
  silence,
  isObject,
  ownText,
  type Subscription,
  type Topic,
  type TopicListener,
} from '@hioload/api';
import { RangeMessage } from '@hioload/transport/message';

/** What the listeners of a reactor report. */
export interface ListenerEvents {
  /** The first listener of a topic has come, before `add` returns. */
  topicGained(topic: Topic): void;
  /** The last listener of a topic has gone. */
  topicLost(topic: Topic): void;
  /** A listener threw, or its promise rejected. Must not throw. */
  onFault(topic: Topic, cause: unknown): void;
}

/** One call of `subscribe`. The same function may listen twice. */
interface Entry {
  readonly hear: TopicListener;
  /** The number of the call, counted over all topics. */
  readonly number: number;
}

/**
 * The listeners of the application on one reactor. To add or to remove a listener takes the same
 * time however many there are.
 */
export class TopicListeners {
  readonly #events: ListenerEvents;
  /** Oldest first. The walk over a set leaves out the entries that are removed meanwhile. */
  readonly #entries = new Map<Topic, Set<Entry>>();
  /** One message for each depth: a listener may publish to other listeners. */
  readonly #messages: RangeMessage[] = [];
  #depth = 0;
  #nextNumber = 0;

  constructor(events: ListenerEvents) {
    this.#events = events;
  }

  add(named: Topic, hear: TopicListener): Subscription {
    const topic = ownText(named);
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

  /** Whether a topic has a listener. */
  has(topic: Topic): boolean {
    return this.#entries.size > 0 && this.#entries.has(topic);
  }

  /**
   * Calls the listeners of a topic. The bytes belong to the caller again on return.
   * @returns how many listeners there were
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
        // This entry and all later ones came after the message.
        if (entry.number >= next) break;
        message.begin(bytes, start, end, isBinary);
        this.#call(topic, entry.hear, message);
        message.expire();
      }
    } finally {
      // A listener that publishes to itself runs out of stack at any place.
      this.#depth = depth;
    }
    return size;
  }

  #call(topic: Topic, hear: TopicListener, message: RangeMessage): void {
    try {
      const returned: unknown = hear(topic, message);
      if (isObject(returned))
        follow(returned, ignore, (cause) => this.#events.onFault(topic, cause));
    } catch (cause) {
      silence(cause);
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

function ignore(): void {}
