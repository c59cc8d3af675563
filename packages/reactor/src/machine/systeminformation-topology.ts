// Reads the topology of a machine with the package systeminformation.
import { type Cpu, HioloadError, type Topology } from '@hioload/api';
import { availableParallelism } from 'node:os';

import type { ProcessAllowance } from './process-allowance.js';

/** The functions of the package `systeminformation` that this file uses. */
export interface SystemInformation {
  cpu(): Promise<{
    readonly manufacturer: string;
    readonly brand: string;
    /** Logical CPUs. */
    readonly cores: number;
    readonly physicalCores: number;
    /** Packages. */
    readonly processors: number;
  }>;
  mem(): Promise<{ readonly total: number }>;
}

export interface SystemInformationOptions {
  /** Loads the package. It is loaded late because it is big and starts programs. */
  readonly load?: () => Promise<SystemInformation>;
  /**
   * The number of CPUs that the process may use. Default: `os.availableParallelism()`.
   */
  readonly available?: number;
  /** The resources that the process may use, if the kernel reports more than the package. */
  readonly allowance?: ProcessAllowance;
}

/**
 * Makes a topology out of the counts of the package `systeminformation`. It assumes that SMT
 * siblings have neighbouring numbers, that each core has its own last-level cache, and that all
 * memory is on one node.
 * @throws HIOLOAD_TOPOLOGY_UNREADABLE (as a rejection)
 */
export async function systemInformationTopology({
  load = async () => (await import('systeminformation')).default,
  available = availableParallelism(),
  allowance,
}: SystemInformationOptions = {}): Promise<Topology> {
  const { cpu, mem } = await ask(load);
  // The package reports 0 or no number for an unknown count.
  const logical = Math.max(count(cpu.cores) ?? available, 1);
  const cores = Math.min(count(cpu.physicalCores) ?? logical, logical);
  const packages = Math.min(count(cpu.processors) ?? 1, cores);
  const counted = numberCpus(logical, cores, packages);
  const untold = (allowance?.cpus ?? []).filter((id) => id >= logical);
  const cpus = [...counted, ...untold.map((id, index) => ownCpu(id, cores + index))];
  return {
    source: 'systeminformation',
    model: `${cpu.manufacturer} ${cpu.brand}`.trim() || 'unknown CPU',
    cpus,
    nodes: [{ id: 0, memoryBytes: mem.total, distances: [] }],
    allowedCpus: allowance?.cpus ?? counted.slice(0, Math.max(available, 1)).map(({ id }) => id),
    cpuQuota: allowance?.cpuQuota ?? null,
    memoryLimitBytes: Math.min(allowance?.memoryLimitBytes ?? mem.total, mem.total),
  };
}

async function ask(load: () => Promise<SystemInformation>): Promise<{
  cpu: Awaited<ReturnType<SystemInformation['cpu']>>;
  mem: Awaited<ReturnType<SystemInformation['mem']>>;
}> {
  try {
    const package_ = await load();
    const [cpu, mem] = await Promise.all([package_.cpu(), package_.mem()]);
    return { cpu, mem };
  } catch (cause) {
    throw new HioloadError(
      'HIOLOAD_TOPOLOGY_UNREADABLE',
      'the package systeminformation cannot read the CPUs',
      {
        cause,
      },
    );
  }
}

function count(value: number): number | undefined {
  return Number.isInteger(value) && value > 0 ? value : undefined;
}

/**
 * Hands out the CPUs to the cores in order. If the CPUs cannot be divided evenly, the first cores
 * get one CPU more, as on hybrid processors.
 */
function numberCpus(logical: number, cores: number, packages: number): Cpu[] {
  const threadsPerCore = Math.floor(logical / cores);
  const biggerCores = logical % cores;
  const threads = Array.from(
    { length: cores },
    (_, core) => threadsPerCore + (core < biggerCores ? 1 : 0),
  );
  const coreOfCpu = threads.flatMap((amount, core) => Array.from({ length: amount }, () => core));
  return coreOfCpu.map((core, id) => ({
    ...ownCpu(id, core),
    package: Math.floor((core * packages) / cores),
  }));
}

function ownCpu(id: number, core: number): Cpu {
  return { id, core, package: 0, llc: core, node: 0 };
}
