import { ASLEEP, AWAKE } from './bell-layout.js';

/** How a sleep ended: `work` was there before it began, somebody `rang`, or it `timed-out`. */
export type SleepOutcome = 'work' | 'rang' | 'timed-out';

/** The sleeping end of a doorbell. Made by `Doorbells.sleeper`. */
export class Sleeper {
  readonly #words: Int32Array;
  readonly #bell: number;
  /**
   * A wait of this thread that has not come back. There is one at most, kept from one sleep to the
   * next.
   */
  #waiting = false;

  constructor(words: Int32Array, bell: number) {
    this.#words = words;
    this.#bell = bell;
  }

  /**
   * Blocks the thread until somebody rings: nothing else runs on it, its event loop included. Woken
   * in 5 to 50 microseconds.
   * @param hasWork looks for work once more, after the bell is set; must not sleep itself
   * @param timeoutMs 0 or more. Default: for ever
   */
  sleep(hasWork: () => boolean, timeoutMs = Number.POSITIVE_INFINITY): SleepOutcome {
    if (!this.#layDown(hasWork)) return 'work';
    // Pairs with the notify in `ring`. Stalls this thread. Comes back at once where somebody rang
    // since.
    const outcome = Atomics.wait(this.#words, this.#bell, ASLEEP, timeoutMs);
    Atomics.store(this.#words, this.#bell, AWAKE);
    return outcome === 'timed-out' ? 'timed-out' : 'rang';
  }

  /**
   * Has `onWake` called once somebody rings, as a task of the event loop, which goes on meanwhile;
   * in 50 to 100 microseconds. `onWake` looks for work, and arms again. May be armed anew at any
   * time; the bell does not keep the event loop alive.
   * @param hasWork looks for work once more, after the bell is set
   * @returns false where there is work: nothing is armed, and the caller goes on
   */
  arm(hasWork: () => boolean, onWake: () => void): boolean {
    if (!this.#layDown(hasWork)) return false;
    // The earlier wait still listens at the same bell, or its task is on the way and looks for work
    // when it comes.
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
   * Is awake again for another reason: ringers need not wake it. Not needed after `sleep`, nor in
   * `onWake`.
   */
  wake(): void {
    Atomics.store(this.#words, this.#bell, AWAKE);
  }

  #layDown(hasWork: () => boolean): boolean {
    // Pairs with the load in `ring`; see the argument beside the layout.
    Atomics.store(this.#words, this.#bell, ASLEEP);
    if (!hasWork()) return true;
    Atomics.store(this.#words, this.#bell, AWAKE);
    return false;
  }
}
