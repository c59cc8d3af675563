import type { Topic } from '@hioload/api';

/** Who of one transport is subscribed to what. Topics are compared as strings are: unit by unit, without patterns. */
export class Topics<Conn> {
  readonly #subscribers = new Map<Topic, Set<Conn>>();

  /** Undefined where there is no subscriber. */
  subscribers(topic: Topic): ReadonlySet<Conn> | undefined {
    return this.#subscribers.get(topic);
  }

  /** Once for each subscription. */
  add(topic: Topic, conn: Conn): void {
    const known = this.#subscribers.get(topic);
    if (known === undefined) this.#subscribers.set(topic, new Set([conn]));
    else known.add(conn);
  }

  remove(topic: Topic, conn: Conn): void {
    const known = this.#subscribers.get(topic);
    if (known === undefined || !known.delete(conn) || known.size > 0) return;
    this.#subscribers.delete(topic);
  }

  removeAll(topics: Iterable<Topic>, conn: Conn): void {
    for (const topic of topics) this.remove(topic, conn);
  }
}
