/**
 * How often the lane from one row to another was full. The row that writes to the lane writes its
 * counters too, and goes on counting where its predecessor ended; anyone may read. Plain accesses
 * of aligned 64-bit words: see the metrics block.
 */
export class LaneLosses {
  readonly buffer: SharedArrayBuffer;
  readonly #counts: Float64Array;
  readonly #participants: number;

  /** @param participants rows that write; those that read are among them */
  constructor(participants: number, buffer?: SharedArrayBuffer) {
    this.#participants = participants;
    this.buffer =
      buffer ?? new SharedArrayBuffer(participants ** 2 * Float64Array.BYTES_PER_ELEMENT);
    this.#counts = new Float64Array(this.buffer);
  }

  add(from: number, to: number): void {
    this.#counts[from * this.#participants + to]! += 1;
  }

  read(from: number, to: number): number {
    return this.#counts[from * this.#participants + to]!;
  }
}
