/**
 * One thing after the other, as on an event loop: what is asked for while something runs waits
 * until that has ended. There is no timer and no microtask in it, so that a test sees all effects
 * when its call returns.
 */
export class Turns {
  readonly #waiting: (() => void)[] = [];
  #running = false;

  run(work: () => void): void {
    this.#waiting.push(work);
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift())
        next();
    } finally {
      this.#running = false;
    }
  }
}
