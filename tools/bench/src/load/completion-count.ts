/**
 * Counts for each message in flight how many subscribers still lack the message. Each subscriber
 * gets the messages in order, so the messages are also complete in order.
 */
export class CompletionCount {
  readonly #subscribers: number;
  /**
   * The number of subscribers that lack a message, by message number modulo the length. A complete
   * message makes room for a later one.
   */
  readonly #lacking: Int32Array;
  /** The next message of each subscriber, modulo the length. */
  readonly #next: Int32Array;

  /**
   * @param capacity the most messages in flight: no subscriber gets a message before all
   * subscribers have the message that was sent `capacity` messages earlier
   */
  constructor(capacity: number, subscribers: number) {
    this.#subscribers = subscribers;
    this.#lacking = new Int32Array(capacity).fill(subscribers);
    this.#next = new Int32Array(subscribers);
  }

  /**
   * Notes that a subscriber has got its next messages.
   * @returns how many messages are complete now and were not before
   */
  received(subscriber: number, messages: number): number {
    const lacking = this.#lacking;
    let at = this.#next[subscriber]!;
    let complete = 0;
    for (let left = messages; left > 0; left -= 1) {
      const others = lacking[at]! - 1;
      if (others === 0) complete += 1;
      lacking[at] = others === 0 ? this.#subscribers : others;
      at = at + 1 === lacking.length ? 0 : at + 1;
    }
    this.#next[subscriber] = at;
    return complete;
  }
}
