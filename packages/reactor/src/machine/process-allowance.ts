// Finds the CPUs, the time and the memory that this process may use.
import { join } from 'node:path';

import { readCgroup } from './cgroup.js';
import { parseCpuList } from './cpu-list.js';
import { readText } from './kernel-files.js';

/** What Linux lets this process use; `null` where it sets or tells no limit. */
export interface ProcessAllowance {
  /** CPUs of the affinity mask and the cpuset, ascending, those that are offline included. */
  readonly cpus: readonly number[] | null;
  readonly cpuQuota: number | null;
  readonly memoryLimitBytes: number | null;
}

/**
 * Reads affinity mask and cgroups. The mask is that of the main thread: read it before that thread
 * is pinned.
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
 * `Cpus_allowed_list` of a status file of `/proc`; `null` without one. @throws
 * HIOLOAD_CPU_LIST_INVALID
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
  // The kernel keeps the mask inside the cpuset. Where they share nothing, another group's cpuset
  // was read.
  return both.length > 0 ? both : mask;
}
