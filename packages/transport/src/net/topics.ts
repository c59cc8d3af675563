import type { Topic, Uplink } from '@hioload/api';

/**
 * Who of one transport is subscribed to what. Topics are compared as strings are: unit by unit,
 * without patterns.
 */
export class Topics<Conn> {
  readonly #subscribers = new Map<Topic, Set<Conn>>();
  readonly #uplink: Uplink | undefined;

  constructor(uplink: Uplink | undefined) {
    this.#uplink = uplink;
  }

  /** Undefined where there is no subscriber. */
  subscribers(topic: Topic): ReadonlySet<Conn> | undefined {
    return this.#subscribers.get(topic);
  }

  /** Once for each subscription. */
  add(topic: Topic, conn: Conn): void {
    const known = this.#subscribers.get(topic);
    if (known !== undefined) {
      known.add(conn);
      return;
    }
    this.#subscribers.set(topic, new Set([conn]));
    this.#uplink?.topicGained(topic);
  }

  remove(topic: Topic, conn: Conn): void {
    const known = this.#subscribers.get(topic);
    if (known === undefined || !known.delete(conn) || known.size > 0) return;
    this.#subscribers.delete(topic);
    this.#uplink?.topicLost(topic);
  }

  removeAll(topics: Iterable<Topic>, conn: Conn): void {
    for (const topic of topics) this.remove(topic, conn);
  }
}
