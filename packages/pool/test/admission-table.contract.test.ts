// Tests of the admission that all reactors of a process share.
import { AdmissionVerdict } from '@hioload/api';
import { type AdmissionLimits, AdmissionTable, SharedAdmission } from '@hioload/pool';
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';

const unlimited: AdmissionLimits = {
  maxConnections: 0,
  maxConnectionsPerAddress: 0,
  maxUpgradesPerSecond: 0,
  ipv6PrefixBits: 64,
};

describe('SharedAdmission', () => {
  it('counts the connections of all reactors against the limit of the process', () => {
    const table = new AdmissionTable(2);
    const limits = { ...unlimited, maxConnections: 3 };
    const [a, b] = [new SharedAdmission(table, 0, limits), new SharedAdmission(table, 1, limits)];
    expect([a, b, a].map((admission, i) => admission.admit(`10.0.0.${i}`))).toEqual(
      Array(3).fill('admitted'),
    );
    expect(b.admit('10.0.0.9')).toBe(AdmissionVerdict.Full);
    expect(table.connections()).toBe(3);
    a.release('10.0.0.0');
    expect(b.admit('10.0.0.9')).toBe(AdmissionVerdict.Admitted);
  });

  it('counts the connections of one address over all reactors, and of that address alone', () => {
    const table = new AdmissionTable(2);
    const limits = { ...unlimited, maxConnectionsPerAddress: 2 };
    const [a, b] = [new SharedAdmission(table, 0, limits), new SharedAdmission(table, 1, limits)];
    expect([a.admit('::1'), b.admit('::1'), a.admit('::1')]).toEqual([
      'admitted',
      'admitted',
      'address-full',
    ]);
    expect(a.admit('10.0.0.1')).toBe(AdmissionVerdict.Admitted);
    expect(table.connections()).toBe(3);
    b.release('::1');
    expect(a.admit('::1')).toBe(AdmissionVerdict.Admitted);
  });

  it.each([
    [64, '2001:db8:0:1::1', '2001:db8:0:1:ffff::2', true],
    [64, '2001:db8:0:1::1', '2001:db8:0:2::1', false],
    [128, '2001:db8:0:1::1', '2001:db8:0:1::2', false],
    [56, '2001:db8:0:1::1', '2001:db8:0:fe::1', true],
    [64, '::ffff:192.0.2.1', '192.0.2.1', true],
    [64, '::ffff:c000:201', '192.0.2.1', true],
    [64, '::ffff:192.0.2.1', '::ffff:192.0.2.2', false],
    [64, '64:ff9b::192.0.2.1', '64:ff9b::192.0.2.2', false],
    [64, 'fe80::1', 'fe80::2', false],
    [64, '2001:DB8::1', '2001:db8:0:0:0::2%eth0', true],
    [64, '', '::1', false],
  ])('with %i bits, %s and %s count as one: %s', (ipv6PrefixBits, first, second, isOne) => {
    const limits = { ...unlimited, maxConnectionsPerAddress: 1, ipv6PrefixBits };
    const admission = new SharedAdmission(new AdmissionTable(1), 0, limits);
    expect(admission.admit(first)).toBe(AdmissionVerdict.Admitted);
    expect(admission.admit(second) === AdmissionVerdict.AddressFull).toBe(isOne);
    admission.release(first);
    expect(admission.admit(first)).toBe(AdmissionVerdict.Admitted);
  });

  it('hashes addresses with a seed that every table draws, and every reactor shares', () => {
    const keys = Array.from({ length: 64 }, (_, i) => `127.0.0.${i}`);
    const wordsIn = (table: AdmissionTable): string => keys.map((key) => table.wordOf(key)).join();
    const table = new AdmissionTable(2);
    const before = wordsIn(table);
    table.clear(0);
    expect([wordsIn(table), wordsIn(new AdmissionTable(table.buffer))]).toEqual([before, before]);
    expect(wordsIn(new AdmissionTable(2))).not.toBe(before);
  });

  it('admits a burst of one second, then as many as the rate allows', () => {
    let nowMs = 0;
    const limits = { ...unlimited, maxUpgradesPerSecond: 10 };
    const admission = new SharedAdmission(new AdmissionTable(1), 0, limits, () => nowMs);
    const burst = Array.from({ length: 11 }, () => admission.admit('::1'));
    expect(burst).toEqual([...Array<string>(10).fill('admitted'), 'too-fast']);
    nowMs += 100;
    expect([admission.admit('::1'), admission.admit('::1')]).toEqual(['admitted', 'too-fast']);
    nowMs += 60_000;
    expect(
      Array.from({ length: 11 }, () => admission.admit('::1')).filter(
        (verdict) => verdict === 'admitted',
      ),
    ).toHaveLength(10);
  });

  it('admits nobody after it is closed', () => {
    const table = new AdmissionTable(1);
    const admission = new SharedAdmission(table, 0, unlimited);
    admission.admit('::1');
    admission.close();
    expect(admission.admit('::1')).toBe(AdmissionVerdict.Draining);
    admission.release('::1');
    expect(table.connections()).toBe(0);
  });

  it('forgets the connections of an ended reactor', () => {
    const table = new AdmissionTable(2);
    const limits = { ...unlimited, maxConnections: 2, maxConnectionsPerAddress: 2 };
    const dead = new SharedAdmission(table, 0, limits);
    dead.admit('::1');
    dead.admit('::1');
    const survivor = new SharedAdmission(table, 1, limits);
    expect(survivor.admit('::1')).toBe(AdmissionVerdict.Full);
    table.clear(0);
    expect([survivor.admit('::1'), survivor.admit('::1')]).toEqual(['admitted', 'admitted']);
  });

  // The limit is an upper bound also while threads race for the last places.
  it('never passes the limit when two threads admit and release at once', async () => {
    const table = new AdmissionTable(2);
    const limit = 3;
    const shared = {
      buffer: table.buffer,
      heldBuffer: new SharedArrayBuffer(8),
      limit,
      rounds: 300_000,
    };
    const racer = (row: number): Worker =>
      new Worker(new URL('./admission-racer.mjs', import.meta.url), {
        workerData: { ...shared, row },
      });
    const racers = [racer(0), racer(1)];
    const counts = await Promise.all(
      racers.map(async (worker) => (await once(worker, 'message'))[0] as Counts),
    );
    for (const { most, admitted } of counts) {
      expect(most).toBeLessThanOrEqual(limit);
      expect(admitted).toBeGreaterThan(0);
    }
    expect(table.connections()).toBe(0);
  });
});

interface Counts {
  /** Most connections that a racer saw both hold together. */
  readonly most: number;
  readonly admitted: number;
}

describe('AdmissionTable', () => {
  it('refuses a buffer that holds no whole number of rows', () => {
    expect(() => new AdmissionTable(new SharedArrayBuffer(100))).toThrow(
      expect.objectContaining({ code: 'HIOLOAD_STATE' }),
    );
    expect(() => new AdmissionTable(0)).toThrow(expect.objectContaining({ code: 'HIOLOAD_STATE' }));
  });
});
