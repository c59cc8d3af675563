// Reads the CPU and memory limits of the cgroup of this process.
import { join } from 'node:path';

import { listNames, readCpuListFile, readInteger, readText } from './kernel-files.js';

/** The limits that the control groups set for this process. `null` stands for no limit. */
export interface CgroupGrant {
  /** The CPUs of the cpuset, ascending. */
  readonly cpus: readonly number[] | null;
  /** The CPU time per unit of time, such as 1.5 CPUs. */
  readonly cpuQuota: number | null;
  readonly memoryLimitBytes: number | null;
}

/** The folders of one controller, from the group of the process up to the topmost visible group. */
interface Hierarchy {
  readonly version: 1 | 2;
  readonly folders: readonly string[];
}

type Controller = 'cpu' | 'cpuset' | 'memory';

/**
 * Reads the limits of this process from control groups of version 1, version 2 or both. The limit
 * of a group holds for all groups below it. So the lowest limit on the way up counts.
 * @throws HIOLOAD_CPU_LIST_INVALID (as a rejection)
 */
export async function readCgroup(roots: {
  readonly sysRoot: string;
  readonly procRoot: string;
}): Promise<CgroupGrant> {
  const paths = parseMembership((await readText(join(roots.procRoot, 'self/cgroup'))) ?? '');
  const mount = join(roots.sysRoot, 'fs/cgroup');
  const [cpuset, cpu, memory] = await Promise.all([
    findHierarchy(mount, paths, 'cpuset'),
    findHierarchy(mount, paths, 'cpu'),
    findHierarchy(mount, paths, 'memory'),
  ]);
  return {
    cpus: await firstCpuset(cpuset),
    cpuQuota: await least(cpu, cpu?.version === 1 ? readQuotaV1 : readQuotaV2),
    memoryLimitBytes: await least(memory, (folder) =>
      readInteger(join(folder, memory?.version === 1 ? 'memory.limit_in_bytes' : 'memory.max')),
    ),
  };
}

/**
 * Reads the path of the group of each controller from the text of `/proc/self/cgroup`. The unified
 * hierarchy has the empty name.
 */
function parseMembership(text: string): Map<string, string> {
  const paths = new Map<string, string>();
  for (const line of text.split('\n')) {
    const match = /^\d+:([^:]*):(.*)$/.exec(line);
    for (const controller of match?.[1]?.split(',') ?? []) paths.set(controller, match?.[2] ?? '/');
  }
  return paths;
}

async function findHierarchy(
  mount: string,
  paths: Map<string, string>,
  name: Controller,
): Promise<Hierarchy | null> {
  const v1 = paths.get(name);
  if (v1 !== undefined) {
    // Controllers that are mounted together share a folder, such as `cpu,cpuacct`. The order of the
    // names in it may vary.
    const shared = (await listNames(mount)).find((folder) => folder.split(',').includes(name));
    return shared === undefined
      ? null
      : { version: 1, folders: await foldersUp(join(mount, shared), v1) };
  }
  const v2 = paths.get('');
  if (v2 === undefined) return null;
  // If there are hierarchies of version 1, the unified hierarchy has its own folder.
  const alone = (await readText(join(mount, 'cgroup.controllers'))) !== null;
  return { version: 2, folders: await foldersUp(alone ? mount : join(mount, 'unified'), v2) };
}

/**
 * The folder of a group and the folders above it, up to the mount. A container often sees its own
 * group as the mount, while `/proc` shows the path outside of the container. So this function drops
 * leading parts of the path until the rest exists, or no part is left. A path with `..` lies
 * outside of the view of the container.
 */
async function foldersUp(mount: string, path: string): Promise<string[]> {
  let parts = path.split('/').filter((part) => part !== '');
  if (parts.includes('..')) parts = [];
  while (parts.length > 0 && (await listNames(join(mount, ...parts))).length === 0)
    parts = parts.slice(1);
  return [...parts.map((_, index) => join(mount, ...parts.slice(0, parts.length - index))), mount];
}

/** The cpuset of the nearest group that has one. It lies within the cpusets of the groups above. */
async function firstCpuset(hierarchy: Hierarchy | null): Promise<readonly number[] | null> {
  for (const folder of hierarchy?.folders ?? []) {
    const names =
      hierarchy?.version === 1
        ? ['cpuset.effective_cpus', 'cpuset.cpus']
        : ['cpuset.cpus.effective'];
    for (const name of names) {
      const cpus = await readCpuListFile(join(folder, name));
      if (cpus !== null && cpus.length > 0) return cpus;
    }
  }
  return null;
}

async function least(
  hierarchy: Hierarchy | null,
  read: (folder: string) => Promise<number | null>,
): Promise<number | null> {
  const values = await Promise.all((hierarchy?.folders ?? []).map(read));
  const limits = values.filter((value) => value !== null);
  return limits.length === 0 ? null : Math.min(...limits);
}

/** `cpu.max` holds quota and period in microseconds, or `max` instead of the quota. */
async function readQuotaV2(folder: string): Promise<number | null> {
  const match = /^(\d+) (\d+)$/.exec((await readText(join(folder, 'cpu.max')))?.trim() ?? '');
  return match === null ? null : share(Number(match[1]), Number(match[2]));
}

/** A quota of -1 stands for no quota. */
async function readQuotaV1(folder: string): Promise<number | null> {
  const [quota, period] = await Promise.all([
    readInteger(join(folder, 'cpu.cfs_quota_us')),
    readInteger(join(folder, 'cpu.cfs_period_us')),
  ]);
  return quota === null || period === null ? null : share(quota, period);
}

function share(quota: number, period: number): number | null {
  return quota > 0 && period > 0 ? quota / period : null;
}
