import { HioloadError, type ObjectPool, type ObjectPoolStats } from '@hioload/api';

/**
 * A pool that makes every object anew and knows which are out; a foreign or second release throws.
 */
export class FakeObjectPool<T extends object> implements ObjectPool<T> {
  readonly #create: () => T;
  readonly #out = new Set<T>();
  #created = 0;
  #discarded = 0;

  constructor(create: () => T) {
    this.#create = create;
  }

  /** Objects out on loan. */
  get inUse(): number {
    return this.#out.size;
  }

  acquire(): T {
    const object = this.#create();
    this.#out.add(object);
    this.#created++;
    return object;
  }

  release(object: T): void {
    if (!this.#out.delete(object)) {
      throw new HioloadError(
        'HIOLOAD_LEASE_ENDED',
        'release: the object is not out on loan from this pool',
      );
    }
    this.#discarded++;
  }

  stats(): ObjectPoolStats {
    return { idle: 0, created: this.#created, reused: 0, discarded: this.#discarded };
  }
}
