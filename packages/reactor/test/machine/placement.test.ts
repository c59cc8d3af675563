// Tests of placement on known machines.
import { type CpuGrouping, HioloadError, type Placement, type Topology } from '@hioload/api';
import { fakeMachine, fakeMachines } from '@hioload/fake';
import { describe, expect, test } from 'vitest';

import { formatCpuList, placeReactors } from '../../src/machine/index.js';

/** CPUs of each place, in the syntax of the kernel. */
function cpusOf({ places }: Placement): string[] {
  return places.map(({ cpus }) => formatCpuList(cpus));
}

function nodesOf({ places }: Placement): number[] {
  return places.map(({ node }) => node);
}

describe('one reactor per group', () => {
  const m = fakeMachines;
  test.each<[string, Topology, CpuGrouping, string[], number[]]>([
    ['one CPU by core', m.oneCpu, 'core', ['0'], [0]],
    ['one CPU by node', m.oneCpu, 'numa', ['0'], [0]],
    ['SMT siblings as one', m.smtLaptop, 'core', ['0,4', '1,5', '2,6', '3,7'], [0, 0, 0, 0]],
    ['one cache', m.smtLaptop, 'llc', ['0-7'], [0]],
    [
      'two sockets by core, node after node',
      m.twoSockets,
      'core',
      ['0,8', '2,10', '4,12', '6,14', '1,9', '3,11', '5,13', '7,15'],
      [0, 0, 0, 0, 1, 1, 1, 1],
    ],
    [
      'two sockets by node',
      m.twoSockets,
      'numa',
      ['0,2,4,6,8,10,12,14', '1,3,5,7,9,11,13,15'],
      [0, 1],
    ],
    [
      'EPYC by cache',
      m.epycNps4,
      'llc',
      [
        '0-7,64-71',
        '8-15,72-79',
        '16-23,80-87',
        '24-31,88-95',
        '32-39,96-103',
        '40-47,104-111',
        '48-55,112-119',
        '56-63,120-127',
      ],
      [0, 0, 1, 1, 2, 2, 3, 3],
    ],
    [
      'EPYC by node',
      m.epycNps4,
      'numa',
      ['0-15,64-79', '16-31,80-95', '32-47,96-111', '48-63,112-127'],
      [0, 1, 2, 3],
    ],
    [
      'hybrid by core',
      m.hybrid,
      'core',
      ['0-1', '2-3', '4-5', '6-7', '8-9', '10-11', '12', '13', '14', '15', '16', '17', '18', '19'],
      Array<number>(14).fill(0),
    ],
    ['no node without CPUs', m.memoryOnlyNodes, 'numa', ['0-7', '8-15'], [0, 1]],
    [
      'holes in the numbering',
      m.holes,
      'core',
      ['0,8', '2,10', '3,11', '6,14', '7,15', '12'],
      [0, 0, 0, 0, 0, 0],
    ],
  ])('%s', (_, machine, group, cpus, nodes) => {
    const placement = placeReactors(machine, { group });
    expect(cpusOf(placement)).toEqual(cpus);
    expect(nodesOf(placement)).toEqual(nodes);
    expect(placement.places.map(({ reactor }) => reactor)).toEqual(
      cpus.map((_text, index) => index),
    );
    expect(placement.notes).toEqual([]);
  });

  test('an unknown cache counts as one per core', () => {
    expect(placeReactors(m.armServer, { group: 'llc' }).places).toHaveLength(64);
  });

  test('256 CPUs', () => {
    expect(placeReactors(m.cpus256, { group: 'core' }).places).toHaveLength(128);
    expect(cpusOf(placeReactors(m.cpus256, { group: 'numa' }))).toEqual([
      '0-63,128-191',
      '64-127,192-255',
    ]);
    expect(placeReactors(m.cpus256, { group: 'llc', reactors: 256 }).places).toHaveLength(256);
  });

  test('a cache that spans nodes gives a group on each', () => {
    const { cpus, ...rest } = fakeMachine({ packages: 2, coresPerLlc: 2 });
    const machine = { ...rest, cpus: cpus.map((cpu) => ({ ...cpu, llc: 0 })) };
    const placement = placeReactors(machine, { group: 'llc' });
    expect(cpusOf(placement)).toEqual(['0-1', '2-3']);
    expect(nodesOf(placement)).toEqual([0, 1]);
  });

  test('half a core', () => {
    const placement = placeReactors(m.halfCore, { group: 'core' });
    expect(cpusOf(placement)).toEqual(['2']);
    expect(placement.notes).toEqual([expect.stringMatching(/^1 core allowed only in part/)]);
  });
});

describe('quota', () => {
  test.each([
    [0.5, 1],
    [1, 1],
    [1.5, 1],
    [2.9, 2],
    [3, 3],
  ])('of %d gives %d of 4 reactors, the first', (cpuQuota, reactors) => {
    const placement = placeReactors({ ...fakeMachines.smtLaptop, cpuQuota }, { group: 'core' });
    expect(cpusOf(placement)).toEqual(['0,4', '1,5', '2,6', '3,7'].slice(0, reactors));
    expect(placement.notes).toEqual([expect.stringContaining(`${String(cpuQuota)} CPU`)]);
  });

  test('that covers all groups changes and says nothing', () => {
    const placement = placeReactors({ ...fakeMachines.smtLaptop, cpuQuota: 4 }, { group: 'core' });
    expect(placement.places).toHaveLength(4);
    expect(placement.notes).toEqual([]);
  });

  test('is noted but not enforced if the number of reactors is given', () => {
    const placement = placeReactors(fakeMachines.quota, { group: 'core', reactors: 2 });
    expect(cpusOf(placement)).toEqual(['0,4', '1,5']);
    expect(placement.notes).toEqual([expect.stringMatching(/^2 reactors share 1\.5 CPUs of time/)]);
    expect(placeReactors(fakeMachines.quota, { group: 'core', reactors: 1 }).notes).toEqual([]);
  });
});

describe('reactors given', () => {
  test('fewer than groups take the first, near each other', () => {
    const placement = placeReactors(fakeMachines.twoSockets, { group: 'core', reactors: 3 });
    expect(cpusOf(placement)).toEqual(['0,8', '2,10', '4,12']);
    expect(placement.notes).toEqual([]);
  });

  test('more than groups split them by whole cores', () => {
    const placement = placeReactors(fakeMachines.twoSockets, { group: 'numa', reactors: 3 });
    expect(cpusOf(placement)).toEqual(['0,2,8,10', '4,6,12,14', '1,3,5,7,9,11,13,15']);
    expect(placement.notes).toEqual(['3 reactors on 2 groups by numa: groups are split']);
  });

  test('a node is split along its caches', () => {
    expect(cpusOf(placeReactors(fakeMachines.epycNps4, { group: 'numa', reactors: 8 }))).toEqual(
      cpusOf(placeReactors(fakeMachines.epycNps4, { group: 'llc' })),
    );
  });

  test('uneven groups are split at the largest', () => {
    // Node 0 has 4 cores left, node 1 has 2.
    const machine = fakeMachine({ packages: 2, coresPerLlc: 4, offlineCpus: [6, 7] });
    expect(cpusOf(placeReactors(machine, { group: 'numa', reactors: 3 }))).toEqual([
      '0-1',
      '2-3',
      '4-5',
    ]);
    expect(cpusOf(placeReactors(machine, { group: 'numa', reactors: 5 }))).toEqual([
      '0',
      '1',
      '2-3',
      '4',
      '5',
    ]);
  });

  test('more than cores set siblings apart, as few as needed', () => {
    const placement = placeReactors(fakeMachines.smtLaptop, { group: 'core', reactors: 5 });
    expect(cpusOf(placement)).toEqual(['0', '4', '1,5', '2,6', '3,7']);
    expect(placement.notes).toEqual([
      expect.stringMatching(/^5 reactors on 4 groups by core: .*SMT siblings/),
    ]);
    expect(cpusOf(placeReactors(fakeMachines.smtLaptop, { group: 'llc', reactors: 8 }))).toEqual([
      '0',
      '4',
      '1',
      '5',
      '2',
      '6',
      '3',
      '7',
    ]);
  });

  test('on a hybrid, as many as cores leave siblings together', () => {
    expect(cpusOf(placeReactors(fakeMachines.hybrid, { group: 'llc', reactors: 14 }))).toEqual(
      cpusOf(placeReactors(fakeMachines.hybrid, { group: 'core' })),
    );
  });

  test('more than allowed CPUs are impossible', () => {
    const place = (): Placement =>
      placeReactors(fakeMachines.smtLaptop, { group: 'core', reactors: 9 });
    expect(place).toThrow(HioloadError);
    expect(place).toThrow(expect.objectContaining({ code: 'HIOLOAD_PLACEMENT_IMPOSSIBLE' }));
    expect(place).toThrow(/^reactors must be at most 8, one for each CPU .*; got 9$/);
    expect(() => placeReactors(fakeMachines.halfCore, { group: 'core', reactors: 2 })).toThrow(
      'at most 1',
    );
  });

  test.each([0, -1, 1.5, Number.NaN, Infinity])('%d is no number of reactors', (reactors) => {
    expect(() => placeReactors(fakeMachines.smtLaptop, { group: 'core', reactors })).toThrow(
      expect.objectContaining({
        code: 'HIOLOAD_OPTION_INVALID',
        message: `reactors must be a whole number from 1 to 8; got ${String(reactors)}`,
      }),
    );
  });

  test('a grouping that does not exist is refused', () => {
    const group = 'socket' as CpuGrouping;
    expect(() => placeReactors(fakeMachines.smtLaptop, { group })).toThrow(
      'group must be one of core, llc, numa; got "socket"',
    );
  });

  test('allowed CPUs that are all offline are refused', () => {
    const machine = { ...fakeMachines.oneCpu, allowedCpus: [7] };
    expect(() => placeReactors(machine, { group: 'core' })).toThrow(
      expect.objectContaining({ code: 'HIOLOAD_PLACEMENT_IMPOSSIBLE' }),
    );
  });
});
