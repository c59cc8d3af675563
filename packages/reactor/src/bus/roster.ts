const NOBODY = 0;

/**
 * Which life of a reactor is on the bus in which row. A reactor enters when its inbox is open, so
 * whoever finds it here may write to it; the supervisor takes it off when its thread is gone.
 */
export class Roster {
  readonly buffer: SharedArrayBuffer;
  readonly #lives: Int32Array;

  constructor(rowsOrBuffer: number | SharedArrayBuffer) {
    this.buffer =
      typeof rowsOrBuffer === 'number'
        ? new SharedArrayBuffer(rowsOrBuffer * Int32Array.BYTES_PER_ELEMENT)
        : rowsOrBuffer;
    this.#lives = new Int32Array(this.buffer);
  }

  get rows(): number {
    return this.#lives.length;
  }

  /** @param life 0 or more */
  enter(row: number, life: number): void {
    // Pairs with the load in `isIn`: who sees the life sees the opened inbox.
    Atomics.store(this.#lives, row, life + 1);
  }

  leave(row: number): void {
    Atomics.store(this.#lives, row, NOBODY);
  }

  /** Whether this life of a reactor is in that row. */
  isIn(row: number, life: number): boolean {
    return Atomics.load(this.#lives, row) === life + 1;
  }

  /** Whether any reactor is in that row. */
  isTaken(row: number): boolean {
    return Atomics.load(this.#lives, row) !== NOBODY;
  }
}
