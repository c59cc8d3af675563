// Tests of the reader of cgroup limits.
import type { Topology } from '@hioload/api';
import { fakeMachine } from '@hioload/fake';
import { describe, expect, test } from 'vitest';

import { readTopology } from '../../src/machine/index.js';
import { type Files, filesOf, writeTree } from './fake-tree.js';

const machine = fakeMachine({ coresPerLlc: 8 });
const machineBytes = machine.memoryLimitBytes;

async function read(membership: string, cgroupFiles: Files): Promise<Topology> {
  const files: Files = { ...filesOf(machine), 'proc/self/cgroup': membership };
  for (const [path, content] of Object.entries(cgroupFiles))
    files[`sys/fs/cgroup/${path}`] = content;
  return readTopology(writeTree(files));
}

const V2 = { 'cgroup.controllers': 'cpuset cpu io memory pids\n' };

describe('cgroup version 2', () => {
  test('a service of the host: the least on the way up counts', async () => {
    const topology = await read('0::/system.slice/app.service\n', {
      ...V2,
      'system.slice/cpu.max': '200000 100000\n',
      'system.slice/memory.max': '3000000\n',
      'system.slice/cpuset.cpus.effective': '0-5\n',
      'system.slice/app.service/cpu.max': '400000 100000\n',
      'system.slice/app.service/memory.max': 'max\n',
      'system.slice/app.service/cpuset.cpus.effective': '2-3\n',
    });
    expect(topology).toMatchObject({
      cpuQuota: 2,
      memoryLimitBytes: 3_000_000,
      allowedCpus: [2, 3],
    });
  });

  test('a container that sees its own group as the root', async () => {
    const topology = await read('0::/\n', {
      ...V2,
      'cpu.max': '150000 100000\n',
      'memory.max': '536870912\n',
      'cpuset.cpus.effective': '4-7\n',
    });
    expect(topology).toMatchObject({
      cpuQuota: 1.5,
      memoryLimitBytes: 536_870_912,
      allowedCpus: [4, 5, 6, 7],
    });
  });

  test('a container that is told its path on the host', async () => {
    const topology = await read('0::/kubepods.slice/pod1/container1\n', {
      ...V2,
      'cpu.max': '50000 100000\n',
    });
    expect(topology.cpuQuota).toBe(0.5);
  });

  test('a group below that of the container, told by its path on the host', async () => {
    const topology = await read('0::/docker/abc/worker\n', {
      ...V2,
      'cpu.max': '300000 100000\n',
      'worker/cpu.max': '100000 100000\n',
    });
    expect(topology.cpuQuota).toBe(1);
  });

  test('a path that leads out of the container is not followed', async () => {
    const files = {
      ...filesOf(machine),
      'proc/self/cgroup': '0::/../../escape\n',
      'sys/fs/cgroup/cgroup.controllers': '\n',
      'sys/fs/cgroup/cpu.max': '700000 100000\n',
      'sys/escape/cpu.max': '1000 100000\n',
      'escape/cpu.max': '1000 100000\n',
    };
    expect((await readTopology(writeTree(files))).cpuQuota).toBe(7);
  });

  test('no limit', async () => {
    const topology = await read('0::/\n', {
      ...V2,
      'cpu.max': 'max 100000\n',
      'memory.max': 'max\n',
    });
    expect(topology).toMatchObject({
      cpuQuota: null,
      memoryLimitBytes: machineBytes,
      allowedCpus: [0, 1, 2, 3, 4, 5, 6, 7],
    });
  });

  test('a limit above the CPUs of the machine', async () => {
    const topology = await read('0::/\n', { ...V2, 'memory.max': String(machineBytes * 2) });
    expect(topology.memoryLimitBytes).toBe(machineBytes);
  });

  test('files that are empty or garbage set no limit', async () => {
    const topology = await read('0::/\n', {
      ...V2,
      'cpu.max': '1 2 3\n',
      'memory.max': '\n',
      'cpuset.cpus.effective': '\n',
    });
    expect(topology).toMatchObject({ cpuQuota: null, memoryLimitBytes: machineBytes });
    expect(topology.allowedCpus).toHaveLength(8);
  });
});

describe('cgroup version 1', () => {
  const membership = (path: string): string =>
    `9:name=systemd:/\n8:pids:${path}\n4:memory:${path}\n3:cpuset:${path}\n1:cpu,cpuacct:${path}\n`;

  test('a container that is told its path on the host, controllers mounted together', async () => {
    const topology = await read(membership('/docker/abc'), {
      'cpu,cpuacct/cpu.cfs_quota_us': '250000\n',
      'cpu,cpuacct/cpu.cfs_period_us': '100000\n',
      'memory/memory.limit_in_bytes': '268435456\n',
      'cpuset/cpuset.effective_cpus': '1,3\n',
      'cpuset/cpuset.cpus': '0-7\n',
    });
    expect(topology).toMatchObject({
      cpuQuota: 2.5,
      memoryLimitBytes: 268_435_456,
      allowedCpus: [1, 3],
    });
  });

  test('a service of the host: the least on the way up counts', async () => {
    const topology = await read(membership('/a/b'), {
      'cpuacct,cpu/cpu.cfs_quota_us': '-1\n',
      'cpuacct,cpu/cpu.cfs_period_us': '100000\n',
      'cpuacct,cpu/a/cpu.cfs_quota_us': '300000\n',
      'cpuacct,cpu/a/cpu.cfs_period_us': '100000\n',
      'cpuacct,cpu/a/b/cpu.cfs_quota_us': '400000\n',
      'cpuacct,cpu/a/b/cpu.cfs_period_us': '50000\n',
      'memory/memory.limit_in_bytes': '9223372036854771712\n',
      'memory/a/memory.limit_in_bytes': '5000000\n',
      'memory/a/b/memory.limit_in_bytes': '9223372036854771712\n',
      'cpuset/a/b/cpuset.cpus': '6-7\n',
    });
    expect(topology).toMatchObject({
      cpuQuota: 3,
      memoryLimitBytes: 5_000_000,
      allowedCpus: [6, 7],
    });
  });

  test('a group without a cpuset has that of the group above', async () => {
    const topology = await read(membership('/a/b'), {
      'cpuset/a/cpuset.cpus': '2-4\n',
      'cpuset/a/b/cpuset.cpus': '\n',
    });
    expect(topology.allowedCpus).toEqual([2, 3, 4]);
  });

  test('no limit', async () => {
    const topology = await read(membership('/'), {
      'cpu/cpu.cfs_quota_us': '-1\n',
      'cpu/cpu.cfs_period_us': '100000\n',
      'memory/memory.limit_in_bytes': '9223372036854771712\n',
    });
    expect(topology).toMatchObject({ cpuQuota: null, memoryLimitBytes: machineBytes });
  });
});

describe('both versions', () => {
  test('each controller is read from its own hierarchy', async () => {
    const topology = await read('4:memory:/app\n3:cpuset:/\n0::/app\n', {
      'memory/app/memory.limit_in_bytes': '7000000\n',
      'cpuset/cpuset.cpus': '0-3\n',
      'unified/cgroup.controllers': 'cpu\n',
      'unified/app/cpu.max': '100000 40000\n',
    });
    expect(topology).toMatchObject({
      cpuQuota: 2.5,
      memoryLimitBytes: 7_000_000,
      allowedCpus: [0, 1, 2, 3],
    });
  });

  test('a cpuset that shares no CPU with the mask is ignored', async () => {
    const files = filesOf(fakeMachine({ coresPerLlc: 8, allowedCpus: [1, 2] }));
    files['proc/self/cgroup'] = '0::/\n';
    files['sys/fs/cgroup/cgroup.controllers'] = '\n';
    files['sys/fs/cgroup/cpuset.cpus.effective'] = '5-6\n';
    expect((await readTopology(writeTree(files))).allowedCpus).toEqual([1, 2]);
  });

  test('no cgroup at all', async () => {
    expect(await read('', {})).toMatchObject({ cpuQuota: null, memoryLimitBytes: machineBytes });
  });
});
