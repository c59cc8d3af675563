// Tests of the report on the topology of a machine.
import { fakeMachine, fakeMachines } from '@hioload/fake';
import { describe, expect, test } from 'vitest';

import { describeTopology, formatTopologyTable, reportTopology } from '../../src/machine/index.js';

describe('describeTopology', () => {
  test.each([
    [
      fakeMachines.oneCpu,
      'one CPU: 1 package, 1 node, 1 core, 1 thread, CPUs 0 allowed, no quota, 1.0 GiB of memory',
    ],
    [
      fakeMachines.quota,
      'laptop, 4 cores with SMT: 1 package, 1 node, 4 cores, 8 threads, CPUs 0-7 allowed, ' +
        'quota 1.5, 2.0 GiB of memory',
    ],
    [
      fakeMachines.memoryOnlyNodes,
      'memory expanders: 2 packages, 4 nodes, 16 cores, 16 threads, CPUs 0-15 allowed, no ' +
        'quota, 64.0 GiB of memory',
    ],
  ])('is one line', (machine, line) => {
    expect(describeTopology(machine)).toBe(line);
  });
});

describe('formatTopologyTable', () => {
  test('has a line per CPU and per node', () => {
    const machine = fakeMachine({
      packages: 2,
      coresPerLlc: 2,
      memoryOnlyNodes: 1,
      allowedCpus: [0, 3],
    });
    expect(formatTopologyTable(machine)).toBe(
      [
        'CPU  CORE  LLC  NODE  PACKAGE  ALLOWED',
        '0    0     0    0     0        yes',
        '1    1     0    0     0        no',
        '2    2     1    1     1        no',
        '3    3     1    1     1        yes',
        '',
        'NODE  CPUS  MEMORY    DISTANCES',
        '0     0-1   16.0 GiB  10 32 32',
        '1     2-3   16.0 GiB  32 10 32',
        '2     -     16.0 GiB  32 32 10',
      ].join('\n'),
    );
  });

  test('has a line per CPU of a large machine, all aligned', () => {
    const lines = formatTopologyTable(fakeMachines.cpus256).split('\n');
    expect(lines).toHaveLength(1 + 256 + 1 + 1 + 2);
    expect(lines[256]).toBe('255  127   15   1     1        yes');
  });
});

describe('reportTopology', () => {
  test('is whole after a trip through JSON', () => {
    const report = reportTopology(fakeMachines.quota);
    expect(JSON.parse(JSON.stringify(report))).toEqual(report);
    expect(report).toMatchObject({
      coreCount: 4,
      cpuCount: 8,
      llcCount: 1,
      allowedCpus: '0-7',
      cpuQuota: 1.5,
    });
    expect(report.cpus[4]).toEqual({ id: 4, core: 0, package: 0, llc: 0, node: 0, allowed: true });
    expect(report.nodes).toEqual([
      { id: 0, memoryBytes: 16 * 2 ** 30, distances: [10], cpus: '0-7' },
    ]);
  });
});
