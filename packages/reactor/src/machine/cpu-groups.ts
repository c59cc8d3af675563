// Groups the CPUs of a machine by core, by last-level cache or by node.
import { type Cpu, type CpuGrouping, HioloadError, type Topology } from '@hioload/api';

/** A group of CPUs on one node. CPUs of one core are next to each other. */
export interface CpuGroup {
  readonly node: number;
  readonly cpus: readonly Cpu[];
}

/** The key that all CPUs of one group share, for each grouping. They share the node, too. */
const GROUP_KEYS: Readonly<Record<CpuGrouping, (cpu: Cpu) => number>> = {
  core: (cpu) => cpu.core,
  llc: (cpu) => cpu.llc,
  numa: (cpu) => cpu.node,
};

/**
 * Groups the allowed CPUs, in the order of node, cache and core. On some machines with several
 * nodes in a package, a cache spans nodes. Such a cache gives one group per node, so that every
 * group has one node.
 * @throws HIOLOAD_OPTION_INVALID for an unknown grouping
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

/** The cores of a group, each as the list of its CPUs in the group. */
export function coresOf(group: CpuGroup): Cpu[][] {
  return bucket(group.cpus, (cpu) => String(cpu.core));
}

function byNearness(a: Cpu, b: Cpu): number {
  return a.node - b.node || a.llc - b.llc || a.core - b.core || a.id - b.id;
}

/** Sorts CPUs into buckets by key. The buckets are in the order of their first members. */
function bucket(cpus: readonly Cpu[], keyOf: (cpu: Cpu) => string): Cpu[][] {
  const buckets = new Map<string, Cpu[]>();
  for (const cpu of cpus) {
    const members = buckets.get(keyOf(cpu));
    if (members === undefined) buckets.set(keyOf(cpu), [cpu]);
    else members.push(cpu);
  }
  return [...buckets.values()];
}
