// A fake object pool for tests: refuses foreign objects and second releases.
import { HioloadError, type ObjectPool, type ObjectPoolStats } from '@hioload/api';

/**
 * A pool that knows which objects are out: a foreign or second release throws. It lends again what
 * came back last, as long as `maxIdle` allows; by default it makes every object anew.
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

  /** Objects out on loan. */
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
