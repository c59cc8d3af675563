// Tests of the detection of the topology of a machine.
import { fakeMachines } from '@hioload/fake';
import { describe, expect, test } from 'vitest';

import { detectTopology, type SystemInformation } from '../../src/machine/index.js';
import { filesOf, writeTree } from './fake-tree.js';

const answers: SystemInformation = {
  cpu: () =>
    Promise.resolve({
      manufacturer: 'Some',
      brand: 'CPU',
      cores: 4,
      physicalCores: 4,
      processors: 1,
    }),
  mem: () => Promise.resolve({ total: 8_000_000 }),
};
const load = (): Promise<SystemInformation> => Promise.resolve(answers);
const notLoaded = (): Promise<SystemInformation> =>
  Promise.reject(new Error('loaded although sysfs can be read'));

describe('detectTopology', () => {
  test('reads sysfs on Linux and does not load the package', async () => {
    const tree = writeTree(filesOf(fakeMachines.smtLaptop));
    expect(await detectTopology({ ...tree, platform: 'linux', load: notLoaded })).toEqual(
      fakeMachines.smtLaptop,
    );
  });

  test('asks the package elsewhere, whatever lies at the roots', async () => {
    const tree = writeTree(filesOf(fakeMachines.smtLaptop));
    const topology = await detectTopology({ ...tree, platform: 'darwin', load });
    expect(topology).toMatchObject({ source: 'systeminformation', model: 'Some CPU' });
  });

  test('on a Linux without sysfs, still keeps to mask and cgroup', async () => {
    const tree = writeTree({
      'proc/self/status': 'Cpus_allowed_list:\t1-2\n',
      'proc/self/cgroup': '0::/\n',
      'sys/fs/cgroup/cgroup.controllers': 'cpu\n',
      'sys/fs/cgroup/cpu.max': '100000 100000\n',
    });
    const topology = await detectTopology({ ...tree, platform: 'linux', load });
    expect(topology).toMatchObject({
      source: 'systeminformation',
      allowedCpus: [1, 2],
      cpuQuota: 1,
    });
  });

  test('ignores a garbled sysfs and a garbled mask', async () => {
    const tree = writeTree({
      'sys/devices/system/cpu/online': 'garbage\n',
      'proc/self/status': 'Cpus_allowed_list:\tgarbage\n',
    });
    const topology = await detectTopology({ ...tree, platform: 'linux', load });
    expect(topology.source).toBe('systeminformation');
    expect(topology.allowedCpus.length).toBeGreaterThan(0);
  });
});
