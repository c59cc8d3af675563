/* Objects that one thread lends over and over, to spare the garbage collector. */
import { HioloadError, type ObjectPool, type ObjectPoolStats } from '@hioload/api';
import { debugByDefault } from '../shared/debug-mode.js';
import { requireInteger } from '../shared/options.js';

/** Options of a {@link RecyclingObjectPool}. */
export interface ObjectPoolOptions<T extends object> {
  /** Makes an object. All objects should have the same fields in the same order. */
  readonly make: () => T;
  /** Most idle objects that the pool keeps, 1..2^20. The garbage collector gets the others. */
  readonly maxIdle: number;
  /** Whether second and foreign releases throw. Default: `HIOLOAD_DEBUG`. */
  readonly debug?: boolean;
}

/**
 * Keeps objects of one kind for reuse. An acquire and a release cost one `pop` and one `push` of
 * an array; only debug mode checks more. The user returns an object in the state that the next
 * user may find.
 */
export class RecyclingObjectPool<T extends object> implements ObjectPool<T> {
  readonly #make: () => T;
  readonly #maxIdle: number;
  readonly #idle: T[] = [];
  /** Objects on loan; only in debug mode. */
  readonly #lent: Set<T> | null;
  #created = 0;
  #reused = 0;
  #discarded = 0;

  /** @throws HIOLOAD_OPTION_INVALID */
  constructor({ make, maxIdle, debug = debugByDefault() }: ObjectPoolOptions<T>) {
    requireInteger('maxIdle', maxIdle, 1, 2 ** 20);
    this.#make = make;
    this.#maxIdle = maxIdle;
    this.#lent = debug ? new Set() : null;
  }

  acquire(): T {
    let object = this.#idle.pop();
    if (object === undefined) {
      this.#created++;
      object = this.#make();
    } else {
      this.#reused++;
    }
    if (this.#lent !== null) this.#lent.add(object);
    return object;
  }

  release(object: T): void {
    if (this.#lent !== null && !this.#lent.delete(object)) {
      throw new HioloadError(
        'HIOLOAD_LEASE_ENDED',
        'release: the object is not on loan from this pool',
      );
    }
    if (this.#idle.length < this.#maxIdle) this.#idle.push(object);
    else this.#discarded++;
  }

  stats(): ObjectPoolStats {
    return {
      idle: this.#idle.length,
      created: this.#created,
      reused: this.#reused,
      discarded: this.#discarded,
    };
  }
}
