// Reads the topology of a Linux machine from sysfs.
import { HioloadError, type NumaNode, type Topology } from '@hioload/api';
import { totalmem } from 'node:os';
import { join } from 'node:path';

import { readCpuModel } from './cpu-model.js';
import { listNames, readCpuListFile, readText, totalMemoryBytes } from './kernel-files.js';
import { readAllowance } from './process-allowance.js';
import { readCpus } from './sysfs-cpus.js';
import { readNodes } from './sysfs-nodes.js';

/** The folders where the file systems of the kernel are mounted. */
export interface KernelRoots {
  /** Default: `/sys`. */
  readonly sysRoot?: string;
  /** Default: `/proc`. */
  readonly procRoot?: string;
}

/**
 * Reads the topology that Linux shows, and the limits of this process. A CPU without a node is put
 * on the lowest node. A machine without nodes gets the node 0 with all memory.
 * @throws HIOLOAD_TOPOLOGY_UNREADABLE without a list of online CPUs, HIOLOAD_CPU_LIST_INVALID (as
 * rejections)
 */
export async function readTopology({
  sysRoot = '/sys',
  procRoot = '/proc',
}: KernelRoots = {}): Promise<Topology> {
  const cpuRoot = join(sysRoot, 'devices/system/cpu');
  const [online, allowance, meminfo, model, told] = await Promise.all([
    readCpuListFile(join(cpuRoot, 'online')),
    readAllowance({ sysRoot, procRoot }),
    readText(join(procRoot, 'meminfo')),
    readCpuModel(procRoot),
    readNodes(join(sysRoot, 'devices/system/node')),
  ]);
  if (online === null || online.length === 0)
    throw new HioloadError(
      'HIOLOAD_TOPOLOGY_UNREADABLE',
      `${join(cpuRoot, 'online')} does not list any CPU`,
    );
  const { ids, allowedCpus } = await reconcile(cpuRoot, online, allowance.cpus);
  const machineBytes = totalMemoryBytes(meminfo) ?? totalmem();
  const nodes: readonly NumaNode[] =
    told.nodes.length > 0 ? told.nodes : [{ id: 0, memoryBytes: machineBytes, distances: [] }];
  const lowestNode = nodes[0]?.id ?? 0;
  return {
    source: 'sysfs',
    model,
    cpus: await readCpus(cpuRoot, ids, (id) => told.nodeByCpu.get(id) ?? lowestNode),
    nodes,
    allowedCpus,
    cpuQuota: allowance.cpuQuota,
    memoryLimitBytes: Math.min(allowance.memoryLimitBytes ?? machineBytes, machineBytes),
  };
}

/** Drops offline CPUs from the affinity mask. */
async function reconcile(
  cpuRoot: string,
  online: readonly number[],
  mask: readonly number[] | null,
): Promise<{ ids: readonly number[]; allowedCpus: readonly number[] }> {
  if (mask === null) return { ids: online, allowedCpus: online };
  const allowedCpus = online.filter((cpu) => mask.includes(cpu));
  if (allowedCpus.length > 0) return { ids: online, allowedCpus };
  // In a container, lxcfs shows a list of online CPUs that it has numbered from 0. The mask comes
  // from the kernel itself.
  const present = new Set(await listNames(cpuRoot));
  const trusted = mask.filter((cpu) => present.has(`cpu${String(cpu)}`));
  if (trusted.length === 0) return { ids: online, allowedCpus: online };
  return { ids: [...online, ...trusted].sort((a, b) => a - b), allowedCpus: trusted };
}
