// Tests of the topology that sysfs shows.
import type { Topology } from '@hioload/api';
import { fakeMachine, fakeMachines } from '@hioload/fake';
import { leaveOutUnlessLinux } from '@hioload/test-support/left-out';
import { describe, expect, test } from 'vitest';

import { readTopology } from '../../src/machine/index.js';
import { cacheFiles, type Files, filesOf, writeTree } from './fake-tree.js';

/** Reads a machine from the files that Linux would show, with the changes of the test. */
async function read(
  machine: Topology,
  change: (files: Files) => void = () => undefined,
): Promise<Topology> {
  const files = filesOf(machine);
  change(files);
  return readTopology(writeTree(files));
}

function remove(files: Files, pattern: RegExp): void {
  for (const path of Object.keys(files)) if (pattern.test(path)) delete files[path];
}

/** Quota and memory limit come out of cgroups, which have tests of their own. */
function withoutGrants(machine: Topology): Topology {
  const memoryLimitBytes = machine.nodes.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
  return { ...machine, cpuQuota: null, memoryLimitBytes };
}

describe('readTopology', () => {
  test.each(Object.entries(fakeMachines))('reads the machine %s', async (_, machine) => {
    expect(await read(machine)).toEqual(withoutGrants(machine));
  });

  test('reads siblings that are neighbours', async () => {
    const machine = fakeMachine({
      packages: 2,
      coresPerLlc: 2,
      threadsPerCore: 4,
      numbering: 'siblings-adjacent',
    });
    expect(await read(machine)).toEqual(machine);
  });

  test('takes SMT siblings as sharing a cache if the caches are unknown', async () => {
    const topology = await read(fakeMachines.smtLaptop, (files) => remove(files, /\/cache\//));
    expect(topology.cpus.map(({ llc }) => llc)).toEqual([0, 1, 2, 3, 0, 1, 2, 3]);
  });

  test('takes each CPU as a core of its own if nothing is known', async () => {
    const topology = await read(fakeMachines.smtLaptop, (files) =>
      remove(files, /cpu\d+\/(cache|topology)\//),
    );
    expect(topology.cpus.map(({ core, llc }) => [core, llc])).toEqual(
      [0, 1, 2, 3, 4, 5, 6, 7].map((id) => [id, id]),
    );
    expect(topology.cpus.every((cpu) => cpu.package === 0)).toBe(true);
  });

  test('takes the last level that each CPU has, and no instruction cache', async () => {
    const machine = fakeMachine({ coresPerLlc: 4 });
    const topology = await read(machine, (files) => {
      // CPUs 2 and 3 sit outside of the third-level cache and share one of the second level.
      for (const cpu of [2, 3]) {
        const folder = `sys/devices/system/cpu/cpu${String(cpu)}/cache`;
        remove(files, new RegExp(`cpu${String(cpu)}/cache/`));
        Object.assign(files, cacheFiles(`${folder}/index0`, 2, 'Unified', '2-3'));
        Object.assign(files, cacheFiles(`${folder}/index1`, 3, 'Instruction', '0-3'));
      }
      for (const cpu of [0, 1])
        files[`sys/devices/system/cpu/cpu${String(cpu)}/cache/index1/shared_cpu_list`] = '0-1\n';
    });
    expect(topology.cpus.map(({ llc }) => llc)).toEqual([0, 0, 1, 1]);
  });

  test('takes a package of -1 as 0', async () => {
    const topology = await read(fakeMachine({ coresPerLlc: 2 }), (files) => {
      for (const path of Object.keys(files))
        if (path.endsWith('physical_package_id')) files[path] = '-1\n';
    });
    expect(topology.cpus.map((cpu) => cpu.package)).toEqual([0, 0]);
  });

  test('has one node with all memory on a kernel without NUMA', async () => {
    const topology = await read(fakeMachines.smtLaptop, (files) => {
      remove(files, /devices\/system\/node/);
      files['proc/self/cgroup'] = '0::/\n';
      files['sys/fs/cgroup/cgroup.controllers'] = 'memory\n';
      files['sys/fs/cgroup/memory.max'] = '1000000\n';
    });
    expect(topology.nodes).toEqual([{ id: 0, memoryBytes: 16 * 2 ** 30, distances: [] }]);
    expect(topology.memoryLimitBytes).toBe(1_000_000);
    expect(topology.cpus.every(({ node }) => node === 0)).toBe(true);
  });

  test('puts a CPU of no node in the lowest node, keeps holes, drops odd distances', async () => {
    const topology = await read(fakeMachine({ packages: 2, coresPerLlc: 2 }), (files) => {
      for (const path of Object.keys(files).filter((name) => name.includes('/node1/'))) {
        files[path.replace('/node1/', '/node8/')] = files[path] ?? '';
        delete files[path];
      }
      files['sys/devices/system/node/node8/cpulist'] = '3\n';
      files['sys/devices/system/node/node8/distance'] = '10\n';
      files['sys/devices/system/node/has_cpu'] = '0,8\n';
    });
    expect(topology.cpus.map(({ node }) => node)).toEqual([0, 0, 0, 8]);
    expect(topology.nodes.map(({ id, distances }) => [id, distances])).toEqual([
      [0, [10, 32]],
      [8, []],
    ]);
  });

  test('does not allow CPUs that are offline although the mask names them', async () => {
    const topology = await read(fakeMachine({ coresPerLlc: 4, offlineCpus: [2] }), (files) => {
      files['proc/self/status'] = 'Cpus_allowed_list:\t1-63\n';
    });
    expect(topology.allowedCpus).toEqual([1, 3]);
  });

  test('allows all CPUs if there is no mask', async () => {
    const topology = await read(fakeMachine({ coresPerLlc: 2 }), (files) =>
      remove(files, /^proc\/self/),
    );
    expect(topology.allowedCpus).toEqual([0, 1]);
  });

  test('believes the mask if a container renumbers the online CPUs', async () => {
    const machine = fakeMachine({ coresPerLlc: 8, allowedCpus: [4, 5, 6] });
    const topology = await read(machine, (files) => {
      files['sys/devices/system/cpu/online'] = '0-2\n';
    });
    expect(topology.allowedCpus).toEqual([4, 5, 6]);
    expect(topology.cpus.map(({ id }) => id)).toEqual([0, 1, 2, 4, 5, 6]);
  });

  test('rejects a list of online CPUs that is absent, empty or garbage', async () => {
    const online = 'sys/devices/system/cpu/online';
    await expect(
      read(fakeMachines.oneCpu, (files) => remove(files, /online$/)),
    ).rejects.toMatchObject({
      code: 'HIOLOAD_TOPOLOGY_UNREADABLE',
      message: expect.stringContaining(online),
    });
    await expect(
      read(fakeMachines.oneCpu, (files) => (files[online] = '\n')),
    ).rejects.toMatchObject({
      code: 'HIOLOAD_TOPOLOGY_UNREADABLE',
    });
    await expect(
      read(fakeMachines.oneCpu, (files) => (files[online] = 'all\n')),
    ).rejects.toMatchObject({
      code: 'HIOLOAD_CPU_LIST_INVALID',
      message: expect.stringContaining(online),
    });
  });

  test.skipIf(leaveOutUnlessLinux('the topology of this machine'))(
    'reads this machine',
    async () => {
      const topology = await readTopology();
      const ids = topology.cpus.map(({ id }) => id);
      expect(topology.source).toBe('sysfs');
      expect(topology.allowedCpus.length).toBeGreaterThan(0);
      expect(ids).toEqual(expect.arrayContaining([...topology.allowedCpus]));
      expect(topology.nodes.length).toBeGreaterThan(0);
      expect(topology.memoryLimitBytes).toBeGreaterThan(0);
    },
  );
});

describe('model', () => {
  test.each([
    ['x86', 'processor\t: 0\nmodel\t\t: 17\nmodel name\t: AMD EPYC 9654\n', 'AMD EPYC 9654'],
    [
      'ARM server',
      'processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\nCPU revision\t: 1\n',
      'ARM Neoverse-N1',
    ],
    [
      'unknown ARM',
      'CPU implementer\t: 0x99\nCPU part\t: 0x123\n',
      'ARM implementer 0x99 part 0x123',
    ],
    ['POWER', 'processor\t: 0\ncpu\t\t: POWER9, altivec supported\n', 'POWER9, altivec supported'],
    ['nothing', '', 'unknown CPU'],
  ])('is told for %s', async (_, cpuinfo, model) => {
    const topology = await read(fakeMachines.oneCpu, (files) => (files['proc/cpuinfo'] = cpuinfo));
    expect(topology.model).toBe(model);
  });

  test('is the board if only the device tree names one', async () => {
    const topology = await read(fakeMachines.oneCpu, (files) => {
      files['proc/cpuinfo'] = 'processor\t: 0\nmodel name\t:\n';
      files['proc/device-tree/model'] = 'Some Board Rev 1.2\0';
    });
    expect(topology.model).toBe('Some Board Rev 1.2');
  });
});
