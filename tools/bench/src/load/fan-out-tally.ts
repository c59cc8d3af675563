/**
 * Distance between words that different threads write: two cache lines, because the processor
 * fetches a line together with its neighbour.
 */
const LINE_WORDS = 32;

const SENT = 0;
/** The words of a thread, counted from the start of its line. */
const COMPLETE = 0;
const RECEIVED = 1;

/**
 * The counts that the threads of one load share in shared memory. Every word has one writer. A
 * count has 32 bits, which is enough for a run of up to an hour at a million messages a second.
 */
export class FanOutTally {
  /** The memory that another thread attaches to. */
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

  /** Messages that were published or will be published at once. */
  get sent(): number {
    // Pairs with `send`: a message is counted there before it goes to the socket.
    return Atomics.load(this.#words, SENT);
  }

  /** Notes that messages will be published at once. */
  send(messages: number): void {
    // Pairs with the load in `sent`.
    Atomics.add(this.#words, SENT, messages);
  }

  /** Messages that all subscribers of all threads have. */
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
