// Tests of byte pools against their model.
import type { BytePool, Lease } from '@hioload/api';
import { FakeBytePool } from '@hioload/fake';
import {
  type BlockClass,
  NO_BLOCK,
  PlainBytePool,
  Slab,
  type SlabGuest,
  SlabPool,
} from '@hioload/pool';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lendsBlocksOnce, poolScripts } from './byte-pool-model.js';

const classes: fc.Arbitrary<BlockClass[]> = fc.constantFrom(
  [{ blockBytes: 48, blocks: 1 }],
  [
    { blockBytes: 1, blocks: 3 },
    { blockBytes: 100, blocks: 2 },
    { blockBytes: 300, blocks: 4 },
  ],
);

/** A lease of a thread that does not own the slab, over the handle that the owner sent. */
class GuestLease implements Lease {
  readonly bytes: Uint8Array;
  readonly start: number;
  readonly capacity: number;
  readonly #guest: SlabGuest;
  readonly #handle: number;

  constructor(guest: SlabGuest, handle: number) {
    this.bytes = guest.bytes;
    this.start = guest.startOf(handle);
    this.capacity = guest.capacityOf(handle);
    this.#guest = guest;
    this.#handle = handle;
  }

  view(byteLength = this.capacity): Uint8Array {
    return this.bytes.subarray(this.start, this.start + byteLength);
  }

  retain(): Lease {
    this.#guest.retain(this.#handle);
    return new GuestLease(this.#guest, this.#handle);
  }

  release(): void {
    this.#guest.release(this.#handle);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}

/** A pool whose leases all end on a thread that does not own the slab. */
class EndedElsewhere implements BytePool {
  readonly maxBlockBytes: number;
  readonly stats: BytePool['stats'];
  readonly acquire: BytePool['acquire'];

  constructor(slab: Slab) {
    const [owner, guest] = [slab.owner(), Slab.attach(slab.region).guest()];
    this.maxBlockBytes = owner.maxBlockBytes;
    this.stats = () => owner.stats();
    this.acquire = (byteLength) => {
      const handle = owner.tryAcquire(byteLength);
      return handle === NO_BLOCK ? null : new GuestLease(guest, handle);
    };
  }
}

const pools = {
  SlabPool: poolScripts(classes, (chosen) => new SlabPool(Slab.create(chosen).owner())),
  'SlabPool, released elsewhere': poolScripts(
    classes,
    (chosen) => new EndedElsewhere(Slab.create(chosen)),
  ),
  FakeBytePool: poolScripts(fc.constant({}), (options) => new FakeBytePool(options)),
  PlainBytePool: poolScripts(fc.constant({}), (options) => new PlainBytePool(options)),
};

/** Faults that the property has to notice, by name. */
const faults: Readonly<Record<string, (lease: Lease) => Lease>> = {
  'forgets to count a retained lease': (lease) =>
    new Proxy(lease, forwarding({ retain: () => lease })),
  'never takes a block back': (lease) => new Proxy(lease, forwarding({ release: () => undefined })),
  'lends less than was asked for': (lease) =>
    new Proxy(lease, forwarding({ capacity: lease.capacity >> 6 })),
};

function forwarding(replaced: Partial<Lease>): ProxyHandler<Lease> {
  return {
    get: (target, name) => {
      const own = Reflect.get(replaced, name) as unknown;
      const found = own ?? (Reflect.get(target, name, target) as unknown);
      return typeof found === 'function' ? (found.bind(target) as unknown) : found;
    },
  };
}

describe.each(Object.entries(pools))('%s', (_, scripts) => {
  it('lends each block to one holder, whole, and takes it back', () => {
    fc.assert(fc.property(scripts, lendsBlocksOnce), { numRuns: 300 });
  });

  it.each(Object.entries(faults))('the property catches a pool that %s', (_name, fault) => {
    const faulty = scripts.map((script) => ({
      ...script,
      open: () => withFault(script.open(), fault),
    }));
    expect(fc.check(fc.property(faulty, lendsBlocksOnce), { numRuns: 500 }).failed).toBe(true);
  });
});

function withFault(pool: BytePool, fault: (lease: Lease) => Lease): BytePool {
  return {
    maxBlockBytes: pool.maxBlockBytes,
    stats: () => pool.stats(),
    acquire: (byteLength) => {
      const lease = pool.acquire(byteLength);
      return lease === null ? null : fault(lease);
    },
  };
}
