// Detects the topology of this machine from the best source that works.
import { HioloadError, type Topology } from '@hioload/api';

import { readAllowance } from './process-allowance.js';
import { type KernelRoots, readTopology } from './sysfs-topology.js';
import { type SystemInformation, systemInformationTopology } from './systeminformation-topology.js';

export interface DetectTopologyOptions extends KernelRoots {
  /** Default: `process.platform`. */
  readonly platform?: NodeJS.Platform;
  readonly load?: () => Promise<SystemInformation>;
}

/**
 * Detects the topology of this machine. The source is sysfs on Linux. Elsewhere, and on a Linux
 * with no readable `/sys`, the source is the package `systeminformation`. `Topology.source` names
 * it. Call this function before any thread is pinned: it takes the affinity mask of the main thread
 * for the CPUs that the process may use.
 * @throws HIOLOAD_TOPOLOGY_UNREADABLE (as a rejection)
 */
export async function detectTopology(options: DetectTopologyOptions = {}): Promise<Topology> {
  const { platform = process.platform, sysRoot = '/sys', procRoot = '/proc', load } = options;
  const counting = load === undefined ? {} : { load };
  if (platform !== 'linux') return systemInformationTopology(counting);
  try {
    return await readTopology({ sysRoot, procRoot });
  } catch (error) {
    if (!isUnreadable(error)) throw error;
    const allowance = await readAllowance({ sysRoot, procRoot }).catch((): undefined => undefined);
    return systemInformationTopology(
      allowance === undefined ? counting : { ...counting, allowance },
    );
  }
}

function isUnreadable(error: unknown): boolean {
  return (
    error instanceof HioloadError &&
    (error.code === 'HIOLOAD_TOPOLOGY_UNREADABLE' || error.code === 'HIOLOAD_CPU_LIST_INVALID')
  );
}
