// A fake object pool for tests: refuses foreign objects and second releases.
import { HioloadError, type ObjectPool, type ObjectPoolStats } from '@hioload/api';

/**
 * A pool that knows its lent objects: the release of a foreign object and a second release throw.
 * The pool keeps up to `maxIdle` objects and lends the last released one first. By default it keeps
 * none and makes every object anew.
 */
export class FakeObjectPool<T extends object> implements ObjectPool<T> {
  readonly #create: () => T;
  readonly #out = new Set<T>();
  readonly #idle: T[] = [];
  readonly #maxIdle: number;
  #created = 0;
  #reused = 0;
  #discarded = 0;

  constructor(create: () => T, maxIdle = 0) {
    this.#create = create;
    this.#maxIdle = maxIdle;
  }

  /** The number of lent objects. */
  get inUse(): number {
    return this.#out.size;
  }

  acquire(): T {
    const idle = this.#idle.pop();
    if (idle === undefined) this.#created++;
    else this.#reused++;
    const object = idle ?? this.#create();
    this.#out.add(object);
    return object;
  }

  release(object: T): void {
    if (!this.#out.delete(object)) {
      throw new HioloadError(
        'HIOLOAD_LEASE_ENDED',
        'release: the object is not out on loan from this pool',
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
