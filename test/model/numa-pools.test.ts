// Tests of the NUMA pool managers against the contract.
import type { NumaPoolManager } from '@hioload/api';
import { FakeAffinity, FakeNumaPools } from '@hioload/fake';
import { NumaPools } from '@hioload/pool';
import { describe, expect, it } from 'vitest';

const classes = [{ blockBytes: 64, blocks: 4 }];

/** A manager on a thread that is pinned to CPUs, or to whatever it is asked for. */
const managers: Readonly<Record<string, (pinnedTo?: readonly number[]) => NumaPoolManager>> = {
  NumaPools: (pinnedTo) =>
    new NumaPools({
      classes,
      ...(pinnedTo === undefined ? {} : { affinity: new FakeAffinity(pinnedTo) }),
    }),
  FakeNumaPools: (pinnedTo) => {
    const pools = new FakeNumaPools();
    pools.pinnedTo = pinnedTo;
    return pools;
  },
};

describe.each(Object.entries(managers))('%s', (_, managerOn) => {
  it('finds a pool by each of its CPUs and by its node', () => {
    const manager = managerOn();
    const [first, second] = [
      manager.create({ cpus: [0, 2], node: 0 }),
      manager.create({ cpus: [1], node: 1 }),
    ];
    const third = manager.create({ cpus: [3], node: 1 });
    expect([0, 1, 2, 3].map((cpu) => manager.onCpu(cpu))).toEqual([first, second, first, third]);
    expect(manager.onCpu(4)).toBeUndefined();
    expect([0, 1, 2].map((node) => manager.onNode(node))).toEqual([[first], [second, third], []]);
  });

  it('lends blocks from the pool that it made', () => {
    const { pool } = managerOn().create({ cpus: [0], node: 0 });
    const lease = pool?.acquire(50);
    expect(lease?.capacity).toBeGreaterThanOrEqual(50);
    lease?.release();
    expect(pool?.stats().reduce((sum, { inUse }) => sum + inUse, 0)).toBe(0);
  });

  it('gives a CPU one pool', () => {
    const manager = managerOn();
    manager.create({ cpus: [0, 1], node: 0 });
    expect(() => manager.create({ cpus: [1, 2], node: 0 })).toThrow(
      expect.objectContaining({ code: 'HIOLOAD_STATE' }),
    );
    expect(manager.onCpu(2)).toBeUndefined();
  });

  it('takes no memory for a thread that may run elsewhere', () => {
    const manager = managerOn([2, 3]);
    expect(() => manager.create({ cpus: [2], node: 0 })).toThrow(
      expect.objectContaining({
        code: 'HIOLOAD_AFFINITY_FAILED',
        message: expect.stringContaining('3') as string,
      }),
    );
    expect(manager.onCpu(2)).toBeUndefined();
    // Fewer than there are is no fault: it runs on the node all the same.
    expect(manager.create({ cpus: [1, 2, 3], node: 0 }).home.cpus).toEqual([1, 2, 3]);
  });

  it('reports on each pool, oldest first', async () => {
    const manager = managerOn();
    expect(await manager.report()).toEqual([]);
    for (const cpu of [1, 0]) manager.create({ cpus: [cpu], node: 0 });
    expect((await manager.report()).map(({ home }) => home.cpus)).toEqual([[1], [0]]);
  });
});
