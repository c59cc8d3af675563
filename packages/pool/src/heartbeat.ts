/**
 * A word that a live event loop changes again and again. One thread beats, and one thread looks.
 */
export class Heartbeat {
  readonly buffer: SharedArrayBuffer;
  readonly #word: Int32Array;

  constructor(buffer: SharedArrayBuffer = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)) {
    this.buffer = buffer;
    this.#word = new Int32Array(buffer);
  }

  /**
   * Says that the loop turned. The word wraps after 2^32 beats; a reader that compares for equality
   * does not notice.
   */
  beat(): void {
    // Pairs with the load in `count`. It orders nothing else.
    Atomics.add(this.#word, 0, 1);
  }

  count(): number {
    return Atomics.load(this.#word, 0);
  }
}
