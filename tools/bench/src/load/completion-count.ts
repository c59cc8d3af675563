/**
 * Counts for each message in flight how many subscribers still lack it. Each of them gets the
 * messages in order, so they are complete in order too.
 */
export class CompletionCount {
  readonly #subscribers: number;
  /**
   * Messages by number modulo the length: subscribers that lack it. A complete one makes room for
   * one that comes later.
   */
  readonly #lacking: Int32Array;
  /** By subscriber: which message it gets next, modulo the length. */
  readonly #next: Int32Array;

  /**
   * @param capacity messages in flight at most: nobody gets one before all have the one so many
   * before it
   */
  constructor(capacity: number, subscribers: number) {
    this.#subscribers = subscribers;
    this.#lacking = new Int32Array(capacity).fill(subscribers);
    this.#next = new Int32Array(subscribers);
  }

  /** Notes that a subscriber has got its next messages. @returns how many are complete by that */
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
