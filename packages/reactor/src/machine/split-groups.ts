// Splits groups of CPUs so that each reactor has one.
import type { Cpu } from '@hioload/api';

import { coresOf, type CpuGroup } from './cpu-groups.js';

/** The result of a split. */
export interface SplitGroups {
  readonly groups: readonly CpuGroup[];
  /** Whether SMT siblings are in different groups. */
  readonly siblingsApart: boolean;
}

/**
 * Cuts groups until there are `total` groups, as evenly as whole cores allow. It separates SMT
 * siblings only if there are fewer cores than `total`, and then as few as possible.
 * @param total the number of groups: from the number of `groups` to the number of their CPUs
 */
export function splitGroups(groups: readonly CpuGroup[], total: number): SplitGroups {
  const cores = groups.map((group) => coresOf(group).length);
  const coreCount = cores.reduce((sum, amount) => sum + amount, 0);
  const one = groups.map(() => 1);
  const parts = handOut(total, handOut(Math.min(total, coreCount), one, cores), sizes(groups));
  return {
    groups: groups.flatMap((group, index) => splitGroup(group, parts[index] ?? 1)),
    siblingsApart: total > coreCount,
  };
}

function sizes(groups: readonly { readonly cpus: readonly Cpu[] }[]): number[] {
  return groups.map(({ cpus }) => cpus.length);
}

function splitGroup(group: CpuGroup, parts: number): CpuGroup[] {
  const cores = coresOf(group);
  const runs =
    parts <= cores.length
      ? cutRuns(cores, parts).map((run) => run.flat())
      : splitCores(cores, parts);
  return runs.map((cpus) => ({ node: group.node, cpus }));
}

function splitCores(cores: readonly (readonly Cpu[])[], parts: number): Cpu[][] {
  const threads = cores.map(({ length }) => length);
  const partsOfCore = handOut(
    parts,
    cores.map(() => 1),
    threads,
  );
  return cores.flatMap((core, index) => cutRuns(core, partsOfCore[index] ?? 1));
}

/**
 * Hands out parts, one by one, until there are `total` parts. Each part goes to the owner with the
 * largest parts so far; the first owner wins a tie. An owner with as many parts as pieces gets no
 * further part while another owner has fewer parts than pieces.
 */
function handOut(total: number, start: readonly number[], pieces: readonly number[]): number[] {
  const parts = [...start];
  const partSize = (index: number): number => (pieces[index] ?? 0) / (parts[index] ?? 1);
  for (let given = parts.reduce((sum, amount) => sum + amount, 0); given < total; given += 1) {
    let largest = 0;
    for (let index = 1; index < parts.length; index += 1)
      if (partSize(index) > partSize(largest)) largest = index;
    parts[largest] = (parts[largest] ?? 0) + 1;
  }
  return parts;
}

/** Cuts a list into runs whose lengths differ by at most one. */
function cutRuns<Item>(items: readonly Item[], runs: number): Item[][] {
  const cut = (run: number): number => Math.floor((run * items.length) / runs);
  return Array.from({ length: runs }, (_, run) => items.slice(cut(run), cut(run + 1)));
}
