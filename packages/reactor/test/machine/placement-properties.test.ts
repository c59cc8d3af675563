// Tests of properties of placement on random machines.
import type { CpuGrouping, Topology } from '@hioload/api';
import { fakeMachine, type MachineSpec } from '@hioload/fake';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { placeReactors } from '../../src/machine/index.js';

describe('placeReactors, on any machine', () => {
  const grouping = fc.constantFrom<CpuGrouping>('core', 'llc', 'numa');

  test('places are disjoint, allowed, on one node each, in order, and the same each time', () => {
    fc.assert(
      fc.property(
        anyMachine(),
        grouping,
        fc.option(fc.nat(), { nil: undefined }),
        (machine, group, pick) => {
          const reactors = pick === undefined ? undefined : 1 + (pick % machine.allowedCpus.length);
          const options = reactors === undefined ? { group } : { group, reactors };
          const placement = placeReactors(machine, options);
          const { places } = placement;
          const used = places.flatMap(({ cpus }) => cpus);

          expect(places.length).toBe(reactors ?? places.length);
          expect(places.map(({ reactor }) => reactor)).toEqual(places.map((_, index) => index));
          expect(places.every(({ cpus }) => cpus.length > 0)).toBe(true);
          expect(new Set(used).size).toBe(used.length);
          expect(machine.allowedCpus).toEqual(expect.arrayContaining(used));
          for (const { cpus, node } of places) {
            expect([...cpus].sort((a, b) => a - b)).toEqual(cpus);
            for (const id of cpus)
              expect(machine.cpus.find((cpu) => cpu.id === id)?.node).toBe(node);
          }
          const nodes = places.map(({ node }) => node);
          expect(nodes).toEqual([...nodes].sort((a, b) => a - b));
          expect(placeReactors(structuredClone(machine), options)).toEqual(placement);
        },
      ),
    );
  });

  test('without number and quota, each group has a reactor and each allowed CPU is used', () => {
    fc.assert(
      fc.property(anyMachine(), grouping, (machine, group) => {
        const placement = placeReactors({ ...machine, cpuQuota: null }, { group });
        const key = { core: 'core', llc: 'llc', numa: 'node' } as const;
        const allowed = machine.cpus.filter(({ id }) => machine.allowedCpus.includes(id));
        expect(placement.places).toHaveLength(new Set(allowed.map((cpu) => cpu[key[group]])).size);
        expect(placement.places.flatMap(({ cpus }) => cpus)).toHaveLength(allowed.length);
      }),
    );
  });

  test('a quota is never exceeded by itself', () => {
    fc.assert(
      fc.property(
        anyMachine(),
        grouping,
        fc.double({ min: 0.01, max: 40, noNaN: true }),
        (machine, group, cpuQuota) => {
          const { places } = placeReactors({ ...machine, cpuQuota }, { group });
          expect(places.length).toBeLessThanOrEqual(Math.max(1, cpuQuota));
        },
      ),
    );
  });

  test('siblings run two reactors only when cores are too few, and then as few as needed', () => {
    fc.assert(
      fc.property(anyMachine(), grouping, fc.nat(), (machine, group, pick) => {
        const reactors = 1 + (pick % machine.allowedCpus.length);
        const { places } = placeReactors(machine, { group, reactors });
        const coreOf = new Map(machine.cpus.map(({ id, core }) => [id, core]));
        const owners = new Map<number, Set<number>>();
        for (const { cpus, reactor } of places)
          for (const id of cpus) {
            const core = coreOf.get(id) ?? -1;
            owners.set(core, (owners.get(core) ?? new Set()).add(reactor));
          }
        const coreCount = new Set(machine.allowedCpus.map((id) => coreOf.get(id))).size;
        const extraOwners = [...owners.values()].reduce((sum, { size }) => sum + size - 1, 0);
        expect(extraOwners).toBe(Math.max(0, reactors - coreCount));
      }),
    );
  });

  test('parts of one group differ by at most one core', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 24 }),
        fc.integer({ min: 1, max: 3 }),
        fc.nat(),
        (cores, threads, pick) => {
          const machine = fakeMachine({ coresPerLlc: cores, threadsPerCore: threads });
          const { places } = placeReactors(machine, {
            group: 'numa',
            reactors: 1 + (pick % cores),
          });
          const sizes = places.map(({ cpus }) => cpus.length);
          expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(threads);
        },
      ),
    );
  });
});

/** Machines of all shapes, of which the process may use a part of the CPUs. */
function anyMachine(): fc.Arbitrary<Topology> {
  const shape = fc.record({
    packages: fc.integer({ min: 1, max: 3 }),
    nodesPerPackage: fc.integer({ min: 1, max: 2 }),
    llcsPerNode: fc.integer({ min: 1, max: 3 }),
    coresPerLlc: fc.integer({ min: 1, max: 5 }),
    threadsPerCore: fc.oneof(
      fc.integer({ min: 1, max: 4 }),
      fc.integer({ min: 0, max: 6 }).map((big) => (core: number) => (core < big ? 2 : 1)),
    ),
    cachesTold: fc.boolean(),
    numbering: fc.constantFrom<NonNullable<MachineSpec['numbering']>>(
      'siblings-last',
      'siblings-adjacent',
      'packages-interleaved',
    ),
    memoryOnlyNodes: fc.nat(2),
  });
  return shape.chain((spec) => {
    const whole = fakeMachine(spec);
    const ids = whole.cpus.map(({ id }) => id);
    return fc
      .record({
        online: fc.subarray(ids, { minLength: 1 }),
        allowed: fc.array(fc.boolean(), { minLength: ids.length, maxLength: ids.length }),
        cpuQuota: fc.option(fc.double({ min: 0.1, max: 64, noNaN: true }), { nil: undefined }),
      })
      .map(({ online, allowed, cpuQuota }) => {
        const offlineCpus = ids.filter((id) => !online.includes(id));
        const wished = online.filter((id) => allowed[id]);
        const allowedCpus = wished.length === 0 ? online : wished;
        return fakeMachine({
          ...spec,
          offlineCpus,
          allowedCpus,
          ...(cpuQuota === undefined ? {} : { cpuQuota }),
        });
      });
  });
}
