/* The ringing end of doorbells. */
import { requireInteger } from '../shared/options.js';
import { createRegion, openRegion, type Region, RegionKind } from '../shared/region.js';
import { ASLEEP, AWAKE, bellBytes, bellOf, SLEEPERS } from './bell-layout.js';
import { Sleeper } from './sleeper.js';

/** Wakes threads that sleep. A ring costs next to nothing while the other thread is awake. */
export class Doorbells {
  /** What another thread needs to attach. */
  readonly region: Region;
  readonly sleepers: number;
  readonly #words: Int32Array;

  private constructor(region: Region) {
    this.region = region;
    this.#words = openRegion(region, RegionKind.Doorbells, (words) => bellBytes(words[SLEEPERS]!));
    this.sleepers = this.#words[SLEEPERS]!;
  }

  /** @param sleepers 1..4,096 @throws HIOLOAD_OPTION_INVALID */
  static create(sleepers: number): Doorbells {
    requireInteger('sleepers', sleepers, 1, 4_096);
    return new Doorbells(createRegion(RegionKind.Doorbells, bellBytes(sleepers), [sleepers]));
  }

  /** @throws HIOLOAD_SHARED_LAYOUT */
  static attach(region: Region): Doorbells {
    return new Doorbells(region);
  }

  /**
   * Wakes a sleeper if the sleeper sleeps. Call it after the work is visible. A look costs 20 ns; a
   * wake-up costs a system call of some microseconds. When several threads ring at once, one of
   * them wakes the sleeper.
   * @returns whether this call woke the sleeper
   */
  ring(sleeper: number): boolean {
    const bell = bellOf(sleeper);
    // Pairs with the sleeper's store of ASLEEP. A load comes first, because an exchange would take
    // the line away from the thread that looks next.
    if (Atomics.load(this.#words, bell) !== ASLEEP) return false;
    if (Atomics.compareExchange(this.#words, bell, ASLEEP, AWAKE) !== ASLEEP) return false;
    Atomics.notify(this.#words, bell);
    return true;
  }

  /**
   * Wakes a sleeper whatever its bell says. For the supervisor after a thread has died: that thread
   * may have changed the bell and not have come to the notify.
   */
  rouse(sleeper: number): void {
    Atomics.store(this.#words, bellOf(sleeper), AWAKE);
    Atomics.notify(this.#words, bellOf(sleeper));
  }

  /**
   * The sleeping end. One thread has it.
   * @param sleeper 0..`sleepers - 1`
   * @throws HIOLOAD_OPTION_INVALID
   */
  sleeper(sleeper: number): Sleeper {
    requireInteger('sleeper', sleeper, 0, this.sleepers - 1);
    return new Sleeper(this.#words, bellOf(sleeper));
  }
}
