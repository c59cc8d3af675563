/**
 * Distance between words that different threads write: a line of memory and the one that is fetched
 * with it.
 */
const LINE_WORDS = 32;

const SENT = 0;
/** Words of a thread, behind its line. */
const COMPLETE = 0;
const RECEIVED = 1;

/**
 * What the threads of one load know of each other, in shared memory. Every word has one writer.
 * Messages are counted in 32 bits: a run of an hour at a million a second would be too long.
 */
export class FanOutTally {
  /** What another thread attaches to. */
  readonly memory: SharedArrayBuffer;
  readonly #words: Int32Array;
  readonly #threads: number;

  private constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.#words = new Int32Array(memory);
    this.#threads = this.#words.length / LINE_WORDS - 1;
  }

  static create(threads: number): FanOutTally {
    return new FanOutTally(
      new SharedArrayBuffer((1 + threads) * LINE_WORDS * Int32Array.BYTES_PER_ELEMENT),
    );
  }

  static attach(memory: SharedArrayBuffer): FanOutTally {
    return new FanOutTally(memory);
  }

  /** Messages that were published, or are about to be. */
  get sent(): number {
    // Pairs with `send`: what a subscriber gets was counted there before it went to the socket.
    return Atomics.load(this.#words, SENT);
  }

  /** Notes that messages are about to be published. */
  send(messages: number): void {
    // Pairs with the load in `sent`.
    Atomics.add(this.#words, SENT, messages);
  }

  /** Messages that the subscribers of every thread have. */
  get complete(): number {
    let least = this.completeOn(0);
    for (let thread = 1; thread < this.#threads; thread += 1)
      least = Math.min(least, this.completeOn(thread));
    return least;
  }

  /** Messages that all subscribers of one thread have. */
  completeOn(thread: number): number {
    // Pairs with the add in `completed`.
    return Atomics.load(this.#words, lineOf(thread) + COMPLETE);
  }

  /** Notes that all subscribers of a thread have more messages. */
  completed(thread: number, messages: number): void {
    // Pairs with the load in `completeOn`.
    Atomics.add(this.#words, lineOf(thread) + COMPLETE, messages);
  }

  /** Messages that reached any subscriber. */
  get received(): number {
    let sum = 0;
    // Pairs with the add in `reached`.
    for (let thread = 0; thread < this.#threads; thread += 1) {
      sum += Atomics.load(this.#words, lineOf(thread) + RECEIVED) >>> 0;
    }
    return sum;
  }

  /** Notes that messages reached a subscriber of a thread. */
  reached(thread: number, messages: number): void {
    // Pairs with the load in `received`.
    Atomics.add(this.#words, lineOf(thread) + RECEIVED, messages);
  }
}

function lineOf(thread: number): number {
  return (1 + thread) * LINE_WORDS;
}
