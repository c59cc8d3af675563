// Tests of the pool of plain blocks of bytes.
import { PlainBytePool } from '@hioload/pool';
import { describe, expect, it } from 'vitest';

const code = (expected: string): unknown => expect.objectContaining({ code: expected });

describe('PlainBytePool', () => {
  it.each([2 ** 30 + 1, 2 ** 32, 2 ** 32 + 1, 2 ** 33])(
    'lends no block for %i bytes, which is more than its largest block',
    (byteLength) => {
      expect(new PlainBytePool({ maxBytes: 2 ** 40 }).acquire(byteLength)).toBe(null);
    },
  );

  it.each([
    [0, 4_096],
    [1, 4_096],
    [4_096, 4_096],
    [4_097, 8_192],
    [65_536, 65_536],
  ])('lends for %i bytes a block of %i', (byteLength, capacity) => {
    expect(new PlainBytePool().acquire(byteLength)?.capacity).toBe(capacity);
  });

  it('has no block larger than the bytes that it may lend at a time', () => {
    const pool = new PlainBytePool({ maxBytes: 12_000 });
    expect(pool.maxBlockBytes).toBe(8_192);
    expect(pool.acquire(8_193)).toBeNull();
  });

  it.each([0, 4_095, 4_096.5, Infinity])('refuses a maxBytes of %s', (maxBytes) => {
    expect(() => new PlainBytePool({ maxBytes })).toThrow(code('HIOLOAD_OPTION_INVALID'));
  });

  it('ends a lease with its block', () => {
    const pool = new PlainBytePool();
    {
      using lease = pool.acquire(10)!;
      expect(lease.view(3)).toHaveLength(3);
      expect(lease.view()).toHaveLength(lease.capacity);
      expect(pool.stats()).toMatchObject([{ blockBytes: 4_096, inUse: 1 }]);
    }
    expect(pool.stats()).toMatchObject([{ blockBytes: 4_096, inUse: 0 }]);
  });

  it('lends a block again once every lease on it has ended', () => {
    const pool = new PlainBytePool();
    const lease = pool.acquire(10)!;
    const other = lease.retain();
    lease.release();
    expect(pool.acquire(10)!.bytes).not.toBe(other.bytes);
    const { bytes } = other;
    other.release();
    expect(pool.acquire(10)!.bytes).toBe(bytes);
  });

  it('refuses the use of a block that is not lent', () => {
    const lease = new PlainBytePool().acquire(10)!;
    lease.release();
    expect(() => lease.view()).toThrow(code('HIOLOAD_LEASE_ENDED'));
    expect(() => lease.retain()).toThrow(code('HIOLOAD_LEASE_ENDED'));
  });

  it('treats a second release as a mistake only in debug mode', () => {
    for (const debug of [false, true]) {
      const lease = new PlainBytePool({ debug }).acquire(8)!;
      lease.release();
      if (debug) expect(() => lease.release()).toThrow(code('HIOLOAD_LEASE_ENDED'));
      else expect(() => lease.release()).not.toThrow();
    }
  });

  it('refuses a view beyond the block', () => {
    expect(() => new PlainBytePool().acquire(10)!.view(4_097)).toThrow(
      code('HIOLOAD_OPTION_INVALID'),
    );
  });
});

it('lets go of its idle blocks', () => {
  const pool = new PlainBytePool();
  const lease = pool.acquire(10)!;
  const { bytes } = lease;
  lease.release();
  const again = pool.acquire(10)!;
  expect(again.bytes).toBe(bytes);
  again.release();
  pool.trim();
  expect(pool.acquire(10)!.bytes).not.toBe(bytes);
});
