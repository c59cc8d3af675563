// Tests of the slab: blocks, leases, and guests on other threads.
import { NO_BLOCK, Slab, SlabPool } from '@hioload/pool';
import { describe, expect, it } from 'vitest';

const code = (expected: string): unknown =>
  expect.objectContaining({ name: 'HioloadError', code: expected });
const two = [
  { blockBytes: 48, blocks: 2 },
  { blockBytes: 1_000, blocks: 1 },
];

describe('Slab', () => {
  it('lends the smallest block that is large enough, or none', () => {
    const owner = Slab.create(two).owner();
    const small = owner.tryAcquire(48);
    const large = owner.tryAcquire(49);
    expect([owner.capacityOf(small), owner.capacityOf(large)]).toEqual([48, 1_008]);
    expect(owner.tryAcquire(1_008)).toBe(NO_BLOCK);
    expect(owner.tryAcquire(1_009)).toBe(NO_BLOCK);
    expect(owner.oversized).toBe(1);
    expect(
      owner.stats().map(({ inUse, acquired, exhausted }) => [inUse, acquired, exhausted]),
    ).toEqual([
      [1, 1, 0],
      [1, 1, 1],
    ]);
  });

  it('lends a block again that another thread has released', () => {
    const slab = Slab.create([{ blockBytes: 8, blocks: 1 }]);
    const [owner, guest] = [slab.owner(), Slab.attach(slab.region).guest()];
    const first = owner.tryAcquire(8);
    guest.bytes[guest.startOf(first)] = 42;
    expect(owner.bytes[owner.startOf(first)]).toBe(42);
    expect(guest.release(first)).toBe(true);
    const second = owner.tryAcquire(8);
    expect(owner.startOf(second)).toBe(guest.startOf(first));
    expect(second).not.toBe(first);
  });

  it('keeps a block lent until each holder has released it', () => {
    const slab = Slab.create([{ blockBytes: 8, blocks: 1 }]);
    const [owner, guest] = [slab.owner(), slab.guest()];
    const handle = owner.tryAcquire(8);
    owner.retain(handle, 2);
    guest.retain(handle);
    for (const end of [guest, owner, guest]) {
      end.release(handle);
      expect(owner.tryAcquire(8)).toBe(NO_BLOCK);
    }
    guest.release(handle);
    expect(owner.tryAcquire(8)).not.toBe(NO_BLOCK);
  });

  it('ignores a handle that has ended, and throws at it in debug mode', () => {
    for (const debug of [false, true]) {
      const slab = Slab.create([{ blockBytes: 8, blocks: 2 }]);
      const [owner, guest] = [slab.owner({ debug }), slab.guest({ debug })];
      const handle = owner.tryAcquire(8);
      owner.release(handle);
      const later = owner.tryAcquire(8);
      for (const misuse of [
        () => owner.release(handle),
        () => guest.release(handle),
        () => guest.retain(handle),
      ]) {
        if (debug) expect(misuse).toThrow(code('HIOLOAD_LEASE_ENDED'));
        else expect(misuse()).toBe(false);
      }
      expect(owner.release(later)).toBe(true);
    }
  });

  it('tells handles apart through 32,767 leases of one block', () => {
    const owner = Slab.create([{ blockBytes: 8, blocks: 1 }]).owner({ debug: false });
    const handles = new Set<number>();
    for (let lease = 0; lease < 32_768; lease++) {
      const handle = owner.tryAcquire(8);
      handles.add(handle);
      owner.release(handle);
    }
    expect(handles.size).toBe(32_768);
    expect(handles.has(owner.tryAcquire(8))).toBe(true);
  });

  it('refuses a handle of another slab and too many references', () => {
    const owner = Slab.create(two).owner();
    expect(() => owner.release(3)).toThrow(code('HIOLOAD_LEASE_ENDED'));
    const handle = owner.tryAcquire(8);
    expect(owner.retain(handle, 65_534)).toBe(true);
    expect(() => owner.retain(handle)).toThrow(code('HIOLOAD_STATE'));
  });

  it('finds large blocks behind thousands of small ones', () => {
    const large = { blockBytes: 65_536, blocks: 2 };
    const slab = Slab.create([{ blockBytes: 48, blocks: 2 ** 16 - large.blocks }, large]);
    const owner = slab.owner();
    const handles = [owner.tryAcquire(large.blockBytes), owner.tryAcquire(large.blockBytes)];
    const starts = handles.map((handle) => owner.startOf(handle));
    expect(starts[1]! - starts[0]!).toBe(65_536 + 64);
    expect(starts[1]! + owner.capacityOf(handles[1]!)).toBe(owner.bytes.length);
    expect(owner.release(handles[0]!)).toBe(true);
    expect(slab.guest().release(handles[1]!)).toBe(true);
    expect(owner.stats().map(({ inUse }) => inUse)).toEqual([0, 0]);
  });

  it('poisons a freed block in debug mode', () => {
    const slab = Slab.create([{ blockBytes: 48, blocks: 1 }]);
    const owner = slab.owner({ debug: true });
    const handle = owner.tryAcquire(48);
    const kept = owner.bytes.subarray(owner.startOf(handle), owner.startOf(handle) + 48).fill(1);
    slab.guest({ debug: true }).release(handle);
    expect(kept).toEqual(new Uint8Array(48).fill(0xdb));
  });

  it('has one owner', () => {
    const slab = Slab.create(two);
    slab.owner();
    expect(() => Slab.attach(slab.region).owner()).toThrow(code('HIOLOAD_ROLE_TAKEN'));
  });

  it.each([
    [[]],
    [[{ blockBytes: 0, blocks: 1 }]],
    [[{ blockBytes: 8, blocks: 0 }]],
    [[{ blockBytes: 8, blocks: 65_537 }]],
    [
      [
        { blockBytes: 16, blocks: 1 },
        { blockBytes: 16, blocks: 1 },
      ],
    ],
    [
      [
        { blockBytes: 16, blocks: 40_000 },
        { blockBytes: 32, blocks: 40_000 },
      ],
    ],
    [[{ blockBytes: 2 ** 26, blocks: 64 }]],
  ])('refuses classes %o', (classes) => {
    expect(() => Slab.create(classes)).toThrow(code('HIOLOAD_OPTION_INVALID'));
  });

  it('refuses a region that is cut short', () => {
    const { buffer } = Slab.create(two).region;
    const short = new SharedArrayBuffer(buffer.byteLength - 64);
    new Uint8Array(short).set(new Uint8Array(buffer, 0, short.byteLength));
    expect(() => Slab.attach({ buffer: short, byteOffset: 0 })).toThrow(
      code('HIOLOAD_SHARED_LAYOUT'),
    );
  });
});

describe('SlabPool', () => {
  const open = () => new SlabPool(Slab.create([{ blockBytes: 112, blocks: 2 }]).owner());

  it('ends a lease with its block', () => {
    const pool = open();
    {
      using lease = pool.acquire(10)!;
      expect(lease.view(3)).toHaveLength(3);
      expect(lease.view()).toHaveLength(lease.capacity);
      expect(pool.stats()[0]!.inUse).toBe(1);
    }
    expect(pool.stats()[0]!.inUse).toBe(0);
  });

  it('lets nobody use a lease that has ended', () => {
    const lease = open().acquire(10)!;
    const other = lease.retain();
    lease.release();
    expect(() => lease.view()).toThrow(code('HIOLOAD_LEASE_ENDED'));
    expect(() => lease.retain()).toThrow(code('HIOLOAD_LEASE_ENDED'));
    expect(other.view()).toHaveLength(other.capacity);
  });

  it('answers a too large size with a value, and a view beyond the block with an error', () => {
    const pool = open();
    expect(pool.acquire(113)).toBeNull();
    expect(() => pool.acquire(10)!.view(113)).toThrow(code('HIOLOAD_OPTION_INVALID'));
  });
});

describe('SlabLease', () => {
  it('treats a second release as a mistake only in debug mode', () => {
    for (const debug of [false, true]) {
      const owner = Slab.create(two).owner({ debug });
      const lease = new SlabPool(owner, { debug }).acquire(8)!;
      lease.release();
      if (debug) expect(() => lease.release()).toThrow(code('HIOLOAD_LEASE_ENDED'));
      else expect(() => lease.release()).not.toThrow();
    }
  });

  it('goes on in another thread with its handle', () => {
    const slab = Slab.create(two);
    const pool = new SlabPool(slab.owner());
    const sent = pool.acquire(8)!;
    sent.view().fill(9);
    const guest = slab.guest();
    const start = guest.startOf(sent.handle);
    expect(guest.bytes.subarray(start, start + 2)).toEqual(Uint8Array.of(9, 9));
    guest.release(sent.handle);
    expect(pool.stats()[0]!.inUse).toBe(0);
  });
});
