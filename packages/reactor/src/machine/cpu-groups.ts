// Groups the CPUs of a machine by what they share: cores, caches and nodes.
import { type Cpu, type CpuGrouping, HioloadError, type Topology } from '@hioload/api';

/** CPUs that belong together, all on one node, near ones next to each other. */
export interface CpuGroup {
  readonly node: number;
  readonly cpus: readonly Cpu[];
}

/** What CPUs of one group have in common, besides their node. */
const GROUP_KEYS: Readonly<Record<CpuGrouping, (cpu: Cpu) => number>> = {
  core: (cpu) => cpu.core,
  llc: (cpu) => cpu.llc,
  numa: (cpu) => cpu.node,
};

/**
 * Groups the allowed CPUs, in the order of node, cache and core. A cache that spans nodes, as some
 * machines with several nodes to a package tell, gives a group per node, so that no group has
 * memory on two.
 * @throws HIOLOAD_OPTION_INVALID for a grouping that does not exist
 */
export function groupAllowedCpus(
  { cpus, allowedCpus }: Topology,
  grouping: CpuGrouping,
): CpuGroup[] {
  if (!Object.hasOwn(GROUP_KEYS, grouping)) {
    const allowed = Object.keys(GROUP_KEYS).join(', ');
    throw new HioloadError(
      'HIOLOAD_OPTION_INVALID',
      `group must be one of ${allowed}; got ${JSON.stringify(grouping)}`,
    );
  }
  const allowed = new Set(allowedCpus);
  const sorted = cpus.filter(({ id }) => allowed.has(id)).sort(byNearness);
  return bucket(sorted, (cpu) => `${String(cpu.node)}/${String(GROUP_KEYS[grouping](cpu))}`).map(
    (members) => ({
      node: members[0]?.node ?? 0,
      cpus: members,
    }),
  );
}

/** The cores of a group, each with those of its CPUs that are in the group. */
export function coresOf(group: CpuGroup): Cpu[][] {
  return bucket(group.cpus, (cpu) => String(cpu.core));
}

function byNearness(a: Cpu, b: Cpu): number {
  return a.node - b.node || a.llc - b.llc || a.core - b.core || a.id - b.id;
}

/** Buckets in the order in which their first member comes. */
function bucket(cpus: readonly Cpu[], keyOf: (cpu: Cpu) => string): Cpu[][] {
  const buckets = new Map<string, Cpu[]>();
  for (const cpu of cpus) {
    const members = buckets.get(keyOf(cpu));
    if (members === undefined) buckets.set(keyOf(cpu), [cpu]);
    else members.push(cpu);
  }
  return [...buckets.values()];
}
