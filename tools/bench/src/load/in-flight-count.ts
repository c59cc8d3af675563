/**
 * Counts for each message in flight how many subscribers still lack it. Each of them gets the messages in order, so they
 * are complete in order too.
 */
export class InFlightCount {
  readonly #subscribers: number;
  /** Messages by number modulo the length: subscribers that lack it. */
  readonly #lacking: Int32Array;
  /** By subscriber: which message it gets next, modulo the length. */
  readonly #next: Int32Array;
  #nextSent = 0;
  #inFlight = 0;

  /** @param capacity messages in flight at most */
  constructor(capacity: number, subscribers: number) {
    this.#subscribers = subscribers;
    this.#lacking = new Int32Array(capacity);
    this.#next = new Int32Array(subscribers);
  }

  /** Messages that some subscriber lacks. */
  get inFlight(): number {
    return this.#inFlight;
  }

  sent(messages: number): void {
    const { length } = this.#lacking;
    this.#inFlight += messages;
    if (this.#inFlight > length) throw new RangeError(`${this.#inFlight} messages in flight; at most ${length} may be`);
    for (let left = messages; left > 0; left -= 1) {
      this.#lacking[this.#nextSent] = this.#subscribers;
      this.#nextSent = this.#nextSent + 1 === length ? 0 : this.#nextSent + 1;
    }
  }

  /** Notes that a subscriber has got its next messages. @returns how many are complete by that */
  received(subscriber: number, messages: number): number {
    const { length } = this.#lacking;
    let at = this.#next[subscriber]!;
    let complete = 0;
    for (let left = messages; left > 0; left -= 1) {
      const lacking = this.#lacking[at]! - 1;
      this.#lacking[at] = lacking;
      if (lacking === 0) complete += 1;
      at = at + 1 === length ? 0 : at + 1;
    }
    this.#next[subscriber] = at;
    this.#inFlight -= complete;
    return complete;
  }
}
