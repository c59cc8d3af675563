// Tests of the topology that the package systeminformation shows.
import { describe, expect, test } from 'vitest';

import {
  placeReactors,
  type SystemInformation,
  systemInformationTopology,
} from '../../src/machine/index.js';

const GIB = 2 ** 30;

/** Answers as the package would. */
function answering(
  cpu: Partial<Awaited<ReturnType<SystemInformation['cpu']>>>,
): () => Promise<SystemInformation> {
  const all = {
    manufacturer: 'Apple',
    brand: 'M1',
    cores: 8,
    physicalCores: 8,
    processors: 1,
    ...cpu,
  };
  return () =>
    Promise.resolve({
      cpu: () => Promise.resolve(all),
      mem: () => Promise.resolve({ total: 16 * GIB }),
    });
}

describe('systemInformationTopology', () => {
  test('counts cores without SMT', async () => {
    const topology = await systemInformationTopology({ load: answering({}), available: 8 });
    expect(topology).toMatchObject({
      source: 'systeminformation',
      model: 'Apple M1',
      nodes: [{ id: 0, memoryBytes: 16 * GIB, distances: [] }],
      allowedCpus: [0, 1, 2, 3, 4, 5, 6, 7],
      cpuQuota: null,
      memoryLimitBytes: 16 * GIB,
    });
    expect(topology.cpus).toHaveLength(8);
    expect(topology.cpus[7]).toEqual({ id: 7, core: 7, package: 0, llc: 7, node: 0 });
    expect(placeReactors(topology, { group: 'core' }).places).toHaveLength(8);
  });

  test('pairs SMT siblings and shares cores out to packages', async () => {
    const load = answering({ cores: 8, physicalCores: 4, processors: 2 });
    const { cpus } = await systemInformationTopology({ load, available: 8 });
    expect(cpus.map(({ core }) => core)).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
    expect(cpus.map((cpu) => cpu.package)).toEqual([0, 0, 0, 0, 1, 1, 1, 1]);
  });

  test('gives the first cores of a hybrid two threads', async () => {
    const { cpus } = await systemInformationTopology({
      load: answering({ cores: 6, physicalCores: 4 }),
      available: 6,
    });
    expect(cpus.map(({ core }) => core)).toEqual([0, 0, 1, 1, 2, 3]);
  });

  test('allows no more CPUs than are available', async () => {
    const { allowedCpus } = await systemInformationTopology({ load: answering({}), available: 3 });
    expect(allowedCpus).toEqual([0, 1, 2]);
  });

  test.each([0, Number.NaN, -1])('does without counts that are %d', async (nothing) => {
    const load = answering({
      manufacturer: '',
      brand: '',
      cores: nothing,
      physicalCores: nothing,
      processors: nothing,
    });
    const topology = await systemInformationTopology({ load, available: 2 });
    expect(topology.model).toBe('unknown CPU');
    expect(topology.cpus.map(({ core }) => core)).toEqual([0, 1]);
  });

  test('keeps to the CPUs that Linux allows, also CPUs that were not counted', async () => {
    const allowance = { cpus: [1, 9], cpuQuota: 1.5, memoryLimitBytes: GIB };
    const topology = await systemInformationTopology({
      load: answering({ cores: 4, physicalCores: 2 }),
      available: 4,
      allowance,
    });
    expect(topology).toMatchObject({ allowedCpus: [1, 9], cpuQuota: 1.5, memoryLimitBytes: GIB });
    expect(topology.cpus.map(({ id, core }) => [id, core])).toEqual([
      [0, 0],
      [1, 0],
      [2, 1],
      [3, 1],
      [9, 2],
    ]);
  });

  test('rejects with the cause when the package fails', async () => {
    const cause = new Error('no such program');
    const load = (): Promise<SystemInformation> => Promise.reject(cause);
    await expect(systemInformationTopology({ load })).rejects.toMatchObject({
      code: 'HIOLOAD_TOPOLOGY_UNREADABLE',
      cause,
    });
  });

  test('asks the real package', async () => {
    const topology = await systemInformationTopology();
    expect(topology.cpus.length).toBeGreaterThan(0);
    expect(topology.memoryLimitBytes).toBeGreaterThan(0);
  });
});
