/**
 * Records that prove themselves. Length and every byte follow from a seed, so a reader with the
 * same seed knows what comes next: a record that is lost, doubled, moved or torn does not fit.
 */
export class RecordStream {
  readonly bytes: Uint8Array;
  readonly #least: number;
  readonly #most: number;
  #state: number;
  /** Bytes of the current record. */
  length = 0;

  /** @param least @param most shortest and longest record, in bytes */
  constructor(seed: number, least: number, most: number) {
    this.bytes = new Uint8Array(most);
    this.#least = least;
    this.#most = most;
    this.#state = seed | 1;
  }

  /** Makes the next record. */
  next(): void {
    const span = this.#most - this.#least;
    const draw = this.#random();
    // Every sixteenth is as long as it may be, and every sixteenth as short.
    const kind = draw & 15;
    this.length =
      kind === 0
        ? this.#most
        : kind === 1
          ? this.#least
          : this.#least + ((draw >>> 8) % (span + 1));
    const mark = this.#random();
    for (let i = 0; i < this.length; i++) this.bytes[i] = mark + i * 7;
  }

  /** What is wrong with bytes that ought to be the current record, or `null`. */
  compare(bytes: Uint8Array, start: number, end: number): string | null {
    if (end - start !== this.length) return `${end - start} bytes instead of ${this.length}`;
    for (let i = 0; i < this.length; i++) {
      if (bytes[start + i] !== this.bytes[i])
        return `byte ${i} of ${this.length} is ${bytes[start + i]}`;
    }
    return null;
  }

  #random(): number {
    // Marsaglia's xorshift, 32 bits.
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return this.#state >>> 0;
  }
}
