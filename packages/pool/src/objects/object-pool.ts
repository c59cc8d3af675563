import { HioloadError, type ObjectPool, type ObjectPoolStats } from '@hioload/api';
import { debugByDefault } from '../shared/debug-mode.js';
import { requireInteger } from '../shared/options.js';

export interface ObjectPoolOptions<T extends object> {
  /** Makes an object; it should give all of them the same fields in the same order. */
  readonly create: () => T;
  /** Makes an object that comes back as good as new. Must not throw. */
  readonly reset: (object: T) => void;
  /** Most objects that wait to be lent, 1..2^20; more are left to the garbage collector. */
  readonly capacity: number;
  /** Whether double and foreign releases throw. Default: `HIOLOAD_DEBUG`. */
  readonly debug?: boolean;
}

/** Keeps objects of one kind for reuse. Grows to what is used at a time, up to its capacity. */
export class RecyclingObjectPool<T extends object> implements ObjectPool<T> {
  readonly #create: () => T;
  readonly #reset: (object: T) => void;
  readonly #capacity: number;
  readonly #idle: T[] = [];
  /** Objects out on loan; only in debug mode. */
  readonly #lent: Set<T> | null;
  #created = 0;
  #reused = 0;
  #discarded = 0;

  /** @throws HIOLOAD_OPTION_INVALID */
  constructor({ create, reset, capacity, debug = debugByDefault() }: ObjectPoolOptions<T>) {
    requireInteger('capacity', capacity, 1, 2 ** 20);
    this.#create = create;
    this.#reset = reset;
    this.#capacity = capacity;
    this.#lent = debug ? new Set() : null;
  }

  acquire(): T {
    const idle = this.#idle.pop();
    if (idle === undefined) this.#created++;
    else this.#reused++;
    const object = idle ?? this.#create();
    this.#lent?.add(object);
    return object;
  }

  release(object: T): void {
    if (this.#lent?.delete(object) === false) {
      throw new HioloadError(
        'HIOLOAD_LEASE_ENDED',
        'release: the object is not out on loan from this pool',
      );
    }
    if (this.#idle.length === this.#capacity) {
      this.#discarded++;
      return;
    }
    // On the way in, so that what it refers to can be collected while it waits.
    this.#reset(object);
    this.#idle.push(object);
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

/** A pool that only creates, to compare with and to swap in. */
export class PlainObjectPool<T extends object> implements ObjectPool<T> {
  readonly #create: () => T;
  #created = 0;
  #discarded = 0;

  constructor({ create }: Pick<ObjectPoolOptions<T>, 'create'>) {
    this.#create = create;
  }

  acquire(): T {
    this.#created++;
    return this.#create();
  }

  release(): void {
    this.#discarded++;
  }

  stats(): ObjectPoolStats {
    return { idle: 0, created: this.#created, reused: 0, discarded: this.#discarded };
  }
}
