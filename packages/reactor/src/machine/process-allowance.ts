// Finds the CPUs, the time and the memory that this process may use.
import { join } from 'node:path';

import { readCgroup } from './cgroup.js';
import { parseCpuList } from './cpu-list.js';
import { readText } from './kernel-files.js';

/** The resources that Linux allows this process. `null` stands for no known limit. */
export interface ProcessAllowance {
  /** The CPUs of the affinity mask and of the cpuset, ascending. Offline CPUs are included. */
  readonly cpus: readonly number[] | null;
  readonly cpuQuota: number | null;
  readonly memoryLimitBytes: number | null;
}

/**
 * Reads the affinity mask and the cgroups. The mask is the mask of the main thread: read it before
 * the main thread is pinned.
 * @throws HIOLOAD_CPU_LIST_INVALID (as a rejection)
 */
export async function readAllowance(roots: {
  readonly sysRoot: string;
  readonly procRoot: string;
}): Promise<ProcessAllowance> {
  const path = join(roots.procRoot, 'self/status');
  const [status, cgroup] = await Promise.all([readText(path), readCgroup(roots)]);
  return { ...cgroup, cpus: combine(allowedCpusOf(status ?? '', path), cgroup.cpus) };
}

/**
 * Reads `Cpus_allowed_list` in the text of a status file of `/proc`. `null` if there is no such
 * line.
 * @throws HIOLOAD_CPU_LIST_INVALID
 */
export function allowedCpusOf(status: string, name: string): number[] | null {
  const line = /^Cpus_allowed_list:\s*(.*)$/m.exec(status);
  return line === null ? null : parseCpuList(line[1] ?? '', `Cpus_allowed_list of ${name}`);
}

function combine(
  mask: readonly number[] | null,
  cpuset: readonly number[] | null,
): readonly number[] | null {
  if (mask === null || cpuset === null) return mask ?? cpuset;
  const both = mask.filter((cpu) => cpuset.includes(cpu));
  // The kernel keeps the mask inside the cpuset. If mask and cpuset share no CPU, the cpuset of
  // another group was read.
  return both.length > 0 ? both : mask;
}
