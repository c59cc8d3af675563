// Reads the NUMA nodes that sysfs shows.
import type { NumaNode } from '@hioload/api';
import { join } from 'node:path';

import { listNames, readCpuListFile, readText, totalMemoryBytes } from './kernel-files.js';

/** The NUMA nodes that sysfs lists. */
export interface SysfsNodes {
  /** Ascending by id; empty on a kernel without NUMA. */
  readonly nodes: readonly NumaNode[];
  /** The node of each CPU that a node lists. */
  readonly nodeByCpu: ReadonlyMap<number, number>;
}

/**
 * Reads all nodes. Nodes without CPUs and nodes without memory are included.
 * @throws HIOLOAD_CPU_LIST_INVALID (as a rejection)
 */
export async function readNodes(nodeRoot: string): Promise<SysfsNodes> {
  const ids = (await listNames(nodeRoot))
    .filter((name) => /^node\d+$/.test(name))
    .map((name) => Number(name.slice('node'.length)))
    .sort((a, b) => a - b);
  const nodeByCpu = new Map<number, number>();
  const nodes: NumaNode[] = [];
  for (const id of ids) {
    const folder = join(nodeRoot, `node${String(id)}`);
    for (const cpu of (await readCpuListFile(join(folder, 'cpulist'))) ?? [])
      nodeByCpu.set(cpu, id);
    nodes.push({
      id,
      memoryBytes: totalMemoryBytes(await readText(join(folder, 'meminfo'))) ?? 0,
      distances: parseDistances(await readText(join(folder, 'distance')), ids.length),
    });
  }
  return { nodes, nodeByCpu };
}

function parseDistances(text: string | null, nodeCount: number): number[] {
  const distances = (text ?? '').trim().split(/\s+/).map(Number);
  return distances.length === nodeCount && distances.every((distance) => distance > 0)
    ? distances
    : [];
}
