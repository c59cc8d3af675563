/* The sleeping end of a doorbell. */
import { ASLEEP, AWAKE } from './bell-layout.js';

/**
 * How a sleep ended: there was `work` before the sleep began, another thread `rang`, or the sleep
 * `timed-out`.
 */
export type SleepOutcome = 'work' | 'rang' | 'timed-out';

/** The sleeping end of a doorbell. Made by `Doorbells.sleeper`. */
export class Sleeper {
  readonly #words: Int32Array;
  readonly #bell: number;
  /**
   * Whether a wait of this thread has not come back. There is at most one; it stays from one sleep
   * to the next.
   */
  #waiting = false;

  constructor(words: Int32Array, bell: number) {
    this.#words = words;
    this.#bell = bell;
  }

  /**
   * Blocks the thread until another thread rings. Nothing else runs on the thread meanwhile, not
   * even its event loop. A wake-up takes 5 to 50 microseconds.
   * @param hasWork looks for work once more, after the bell is set; must not sleep itself
   * @param timeoutMs 0 or more. Default: no limit
   */
  sleep(hasWork: () => boolean, timeoutMs = Number.POSITIVE_INFINITY): SleepOutcome {
    if (!this.#layDown(hasWork)) return 'work';
    // Pairs with the notify in `ring`. Stalls this thread. Returns at once where another thread
    // rang in between.
    const outcome = Atomics.wait(this.#words, this.#bell, ASLEEP, timeoutMs);
    Atomics.store(this.#words, this.#bell, AWAKE);
    return outcome === 'timed-out' ? 'timed-out' : 'rang';
  }

  /**
   * Calls `onWake` once another thread rings, as a task of the event loop, 50 to 100 microseconds
   * later. The event loop goes on meanwhile. `onWake` looks for work and arms again. A caller may
   * arm at any time. The bell does not keep the event loop alive.
   * @param hasWork looks for work once more, after the bell is set
   * @returns false where there is work: nothing is armed, and the caller goes on
   */
  arm(hasWork: () => boolean, onWake: () => void): boolean {
    if (!this.#layDown(hasWork)) return false;
    // An earlier wait still listens at this bell, or its task is on the way and will look for work.
    if (this.#waiting) return true;
    const wait = Atomics.waitAsync(this.#words, this.#bell, ASLEEP);
    if (!wait.async) return false;
    this.#waiting = true;
    void wait.value.then(() => {
      this.#waiting = false;
      onWake();
    });
    return true;
  }

  /**
   * Says that the thread is awake for another reason, so that nobody wakes it. Not needed after
   * `sleep` or in `onWake`.
   */
  wake(): void {
    Atomics.store(this.#words, this.#bell, AWAKE);
  }

  #layDown(hasWork: () => boolean): boolean {
    // Pairs with the load in `ring`; the argument stands beside the layout.
    Atomics.store(this.#words, this.#bell, ASLEEP);
    if (!hasWork()) return true;
    Atomics.store(this.#words, this.#bell, AWAKE);
    return false;
  }
}
