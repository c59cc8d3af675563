/**
 * Random numbers that a seed repeats (xorshift128, Marsaglia 2003), fast enough for millions of
 * cases.
 */
export class Prng {
  #a: number;
  #b = 0x9e3779b9 | 0;
  #c = 0x243f6a88 | 0;
  #d = 0xb7e15162 | 0;

  constructor(seed: number) {
    this.#a = seed | 0 || 1;
    for (let i = 0; i < 20; i++) this.word();
  }

  /** 32 bits. */
  word(): number {
    let t = this.#d;
    t ^= t << 11;
    t ^= t >>> 8;
    this.#d = this.#c;
    this.#c = this.#b;
    this.#b = this.#a;
    this.#a = t ^ this.#a ^ (this.#a >>> 19);
    return this.#a >>> 0;
  }

  /** 0..`below` - 1. */
  below(below: number): number {
    return this.word() % below;
  }

  /** True once in `times`. */
  oneIn(times: number): boolean {
    return this.below(times) === 0;
  }

  pick<T>(values: readonly T[]): T {
    return values[this.below(values.length)]!;
  }
}
