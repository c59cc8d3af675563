// A fake affinity for tests: records which thread was pinned to which CPUs.
import { type Affinity, HioloadError } from '@hioload/api';

/** One call of `pin`. */
export interface Pin {
  readonly threadId: number;
  readonly cpus: readonly number[];
}

/**
 * The threads and CPUs of an invented machine.
 *
 * ```ts
 * const affinity = new FakeAffinity([0, 1, 2, 3]);
 * placeReactors(affinity);
 * expect(affinity.pins.map((pin) => pin.cpus)).toEqual([[0, 1], [2, 3]]);
 *
 * affinity.failWith = 'taskset ended with 1'; // each further pin throws HIOLOAD_AFFINITY_FAILED
 * affinity.ignoresPins = true; // pins seem to work, but reading back shows that they did not
 * ```
 */
export class FakeAffinity implements Affinity {
  available: Affinity['available'] = { ok: true };
  /** The id that the calling thread gets. */
  threadId = 1;
  /** The reason why pinning fails, or `undefined` while it works. */
  failWith: string | undefined;
  /** Whether pins are accepted but change nothing. */
  ignoresPins = false;
  /** Pins that were accepted, oldest first. */
  readonly pins: Pin[] = [];
  readonly #cpus: readonly number[];
  readonly #effective = new Map<number, readonly number[]>();

  /** @param cpus the CPUs of an unpinned thread */
  constructor(cpus: readonly number[] = [0, 1]) {
    this.#cpus = ascending(cpus);
  }

  currentThreadId(): number {
    return this.threadId;
  }

  pin(threadId: number, cpus: readonly number[]): void {
    const foreign = cpus.filter((cpu) => !this.#cpus.includes(cpu));
    const why = !this.available.ok
      ? this.available.reason
      : (this.failWith ??
        (cpus.length === 0 || foreign.length > 0
          ? `the CPUs must be among ${this.#cpus.join(',')}`
          : undefined));
    if (why !== undefined) {
      throw new HioloadError(
        'HIOLOAD_AFFINITY_FAILED',
        `thread ${threadId} to CPUs ${cpus.join(',')}: ${why}`,
      );
    }
    this.pins.push({ threadId, cpus: [...cpus] });
    if (!this.ignoresPins) this.#effective.set(threadId, ascending(cpus));
  }

  read(threadId: number): readonly number[] {
    return this.#effective.get(threadId) ?? this.#cpus;
  }
}

function ascending(cpus: readonly number[]): readonly number[] {
  return [...new Set(cpus)].sort((a, b) => a - b);
}
