/** Objects that connections have on loan while they need them. */
export class Lender<T> {
  readonly #make: () => T;
  readonly #idle: T[] = [];
  readonly #most: number;

  /** @param most how many may wait to be lent again */
  constructor(most: number, make: () => T) {
    this.#most = most;
    this.#make = make;
  }

  lend(): T {
    return this.#idle.pop() ?? this.#make();
  }

  takeBack(object: T): void {
    if (this.#idle.length < this.#most) this.#idle.push(object);
  }
}
