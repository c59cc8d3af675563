/**
 * Runs work in turns, as an event loop does: work that is requested while other work runs waits
 * until that work has ended. There is no timer and no microtask in it, so a test sees all effects
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
