import {
  type BlockStats,
  type BytePool,
  HioloadError,
  type Lease,
  type ObjectPool,
  type ObjectPoolStats,
} from '@hioload/api';

/** A pool of a few blocks of one size, so that a test can run it dry. What is out can be seen. */
export class FakeBytePool implements BytePool {
  readonly maxBlockBytes: number;
  readonly #blocks: number;
  #inUse = 0;
  #acquired = 0;
  #exhausted = 0;

  /** @param blocks 0 or more @param blockBytes 1 or more */
  constructor(blocks = 4, blockBytes = 1_024) {
    this.#blocks = blocks;
    this.maxBlockBytes = blockBytes;
  }

  /** Blocks out on loan: 0 at the end of a test that leaks none. */
  get inUse(): number {
    return this.#inUse;
  }

  acquire(byteLength: number): Lease | null {
    if (byteLength > this.maxBlockBytes || this.#inUse === this.#blocks) {
      this.#exhausted++;
      return null;
    }
    this.#inUse++;
    this.#acquired++;
    return new FakeLease(new Uint8Array(this.maxBlockBytes), { leases: 0 }, () => this.#inUse--);
  }

  stats(): readonly BlockStats[] {
    const { maxBlockBytes: blockBytes } = this;
    const [inUse, acquired, exhausted] = [this.#inUse, this.#acquired, this.#exhausted];
    return [{ blockBytes, blocks: this.#blocks, inUse, acquired, exhausted }];
  }
}

/** Strict: every use after the end throws. */
class FakeLease implements Lease {
  readonly bytes: Uint8Array;
  readonly start = 0;
  readonly #block: { leases: number };
  readonly #free: () => void;
  #live = true;

  constructor(bytes: Uint8Array, block: { leases: number }, free: () => void) {
    this.bytes = bytes;
    this.#block = block;
    this.#free = free;
    block.leases++;
  }

  get capacity(): number {
    return this.bytes.length;
  }

  view(byteLength = this.capacity): Uint8Array {
    this.#requireLive();
    if (byteLength >= 0 && byteLength <= this.capacity) return this.bytes.subarray(0, byteLength);
    const allowed = `0 to ${this.capacity} are allowed`;
    throw new HioloadError('HIOLOAD_OPTION_INVALID', `byteLength of a view: ${byteLength}: ${allowed}`);
  }

  retain(): Lease {
    this.#requireLive();
    return new FakeLease(this.bytes, this.#block, this.#free);
  }

  release(): void {
    this.#requireLive();
    this.#live = false;
    if (--this.#block.leases === 0) this.#free();
  }

  [Symbol.dispose](): void {
    this.release();
  }

  #requireLive(): void {
    if (!this.#live) throw new HioloadError('HIOLOAD_LEASE_ENDED', 'lease of a fake pool: it was released');
  }
}

/** A pool that makes every object anew and knows which are out; a foreign or second release throws. */
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
      throw new HioloadError('HIOLOAD_LEASE_ENDED', 'release: the object is not out on loan from this pool');
    }
    this.#discarded++;
  }

  stats(): ObjectPoolStats {
    return { idle: 0, created: this.#created, reused: 0, discarded: this.#discarded };
  }
}
