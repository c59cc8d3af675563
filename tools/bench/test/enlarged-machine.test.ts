// Tests of the machine with more CPUs than there are.
import type { Topology } from '@hioload/api';
import { placeReactors } from '@hioload/reactor';
import { describe, expect, it } from 'vitest';
import { enlarge } from '../src/bus/enlarged-machine.js';

const machine: Topology = {
  source: 'sysfs',
  model: 'invented',
  cpus: [0, 1, 2].map((id) => ({ id, core: id, package: 0, llc: 0, node: 0 })),
  nodes: [{ id: 0, memoryBytes: 0, distances: [] }],
  allowedCpus: [1, 2],
  cpuQuota: null,
  memoryLimitBytes: 2 ** 30,
};

describe('enlarge', () => {
  it('leaves a large enough machine unchanged', () => {
    expect(enlarge(machine, 2)).toEqual({ topology: machine, pin: 'auto' });
  });

  it('has a place for each reactor, and pins no reactor', () => {
    const { topology, pin } = enlarge(machine, 4);
    expect(pin).toBe('off');
    expect(topology.allowedCpus).toEqual([1, 2, 3, 4]);
    expect(placeReactors(topology, { group: 'core', reactors: 4 }).places).toHaveLength(4);
  });
});
