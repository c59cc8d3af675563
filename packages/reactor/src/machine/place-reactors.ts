// Decides the number of reactors and the CPUs of each reactor.
import { type CpuGrouping, HioloadError, type Placement, type Topology } from '@hioload/api';

import { type CpuGroup, groupAllowedCpus } from './cpu-groups.js';
import { splitGroups } from './split-groups.js';

export interface PlacementOptions {
  /** The kind of CPU group. One reactor runs on each group. */
  readonly group: CpuGrouping;
  /**
   * The number of reactors, from 1 to the number of allowed CPUs. Default: one per group, but no
   * more than the quota of the cgroup.
   */
  readonly reactors?: number;
}

/**
 * Places the reactors. Every reactor gets its own CPUs out of the allowed CPUs, all on one node.
 * The same topology and options always give the same places.
 *
 * If there are fewer reactors than groups, the reactors take the first groups in the order of node,
 * last-level cache and core. They are then near each other, and whole caches and nodes stay free.
 * If there are more reactors than groups, the groups are split evenly. SMT siblings get different
 * reactors only if there are fewer cores than reactors. `notes` explain a surprising placement.
 * @throws HIOLOAD_PLACEMENT_IMPOSSIBLE for more reactors than allowed CPUs, HIOLOAD_OPTION_INVALID
 */
export function placeReactors(
  topology: Topology,
  { group, reactors }: PlacementOptions,
): Placement {
  const groups = groupAllowedCpus(topology, group);
  const allowedCount = groups.reduce((sum, { cpus }) => sum + cpus.length, 0);
  if (reactors !== undefined) checkCount(reactors, allowedCount);
  if (allowedCount === 0)
    throw new HioloadError(
      'HIOLOAD_PLACEMENT_IMPOSSIBLE',
      'this process needs at least one CPU that is allowed and online, and has none',
    );

  const { cpuQuota } = topology;
  const notes = halfCoreNotes(topology);
  const affordable = cpuQuota === null ? groups.length : Math.max(Math.floor(cpuQuota), 1);
  const total = reactors ?? Math.min(groups.length, affordable);
  if (reactors === undefined && total < groups.length)
    notes.push(
      `${count(total, 'reactor')} instead of ${String(groups.length)}: ` +
        `the cgroup grants ${time(cpuQuota)}`,
    );
  if (reactors !== undefined && cpuQuota !== null && reactors > cpuQuota)
    notes.push(
      `${count(reactors, 'reactor')} share ${time(cpuQuota)}, which the cgroup grants: ` +
        'the kernel pauses them in turns',
    );

  if (total <= groups.length) return { places: toPlaces(groups.slice(0, total)), notes };
  const split = splitGroups(groups, total);
  notes.push(
    `${count(total, 'reactor')} on ${count(groups.length, 'group')} by ${group}: groups are split` +
      (split.siblingsApart
        ? ', and SMT siblings run different reactors, so those slow each other down'
        : ''),
  );
  return { places: toPlaces(split.groups), notes };
}

function checkCount(reactors: number, allowedCount: number): void {
  if (!Number.isInteger(reactors) || reactors < 1)
    throw new HioloadError(
      'HIOLOAD_OPTION_INVALID',
      `reactors must be a whole number from 1 to ${String(allowedCount)}; got ${String(reactors)}`,
    );
  if (reactors > allowedCount)
    throw new HioloadError(
      'HIOLOAD_PLACEMENT_IMPOSSIBLE',
      `reactors must be at most ${String(allowedCount)}, ` +
        `one for each CPU that this process may use; got ${String(reactors)}`,
    );
}

function toPlaces(groups: readonly CpuGroup[]): Placement['places'] {
  return groups.map(({ node, cpus }, reactor) => ({
    reactor,
    cpus: cpus.map(({ id }) => id).sort((a, b) => a - b),
    node,
  }));
}

/** Warns of cores with SMT siblings that are not allowed: other processes may run on those. */
function halfCoreNotes({ cpus, allowedCpus }: Topology): string[] {
  const allowed = new Set(allowedCpus);
  const coresWith = (isAllowed: boolean): Set<number> =>
    new Set(cpus.filter(({ id }) => allowed.has(id) === isAllowed).map(({ core }) => core));
  const others = coresWith(false);
  const halves = [...coresWith(true)].filter((core) => others.has(core)).length;
  return halves === 0
    ? []
    : [
        `${count(halves, 'core')} allowed only in part: ` +
          'other processes may run on the other SMT siblings',
      ];
}

function count(amount: number, noun: string): string {
  return `${String(amount)} ${noun}${amount === 1 ? '' : 's'}`;
}

function time(cpuQuota: number | null): string {
  return `${String(cpuQuota)} CPU${cpuQuota === 1 ? '' : 's'} of time`;
}
