/** A word that a live event loop keeps changing. One thread beats, one looks. */
export class Heartbeat {
  readonly buffer: SharedArrayBuffer;
  readonly #word: Int32Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#word = new Int32Array(buffer);
  }

  /**
   * Says that the loop turned. Wraps after 2^32 beats, which a reader that compares for equality
   * does not notice.
   */
  beat(): void {
    // Pairs with the load in `count`; nothing else is ordered by it.
    Atomics.add(this.#word, 0, 1);
  }

  count(): number {
    return Atomics.load(this.#word, 0);
  }
}
