/** Numbers by key, of which only those that are not 0 take memory. */
export class Counts {
  readonly #counts = new Map<string, number>();

  get size(): number {
    return this.#counts.size;
  }

  get(key: string): number {
    return this.#counts.get(key) ?? 0;
  }

  set(key: string, count: number): void {
    if (count === 0) this.#counts.delete(key);
    else this.#counts.set(key, count);
  }

  /** All counts that are not 0 now. */
  entries(): [key: string, count: number][] {
    return [...this.#counts];
  }
}
