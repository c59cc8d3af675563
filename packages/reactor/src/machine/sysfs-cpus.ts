// Reads the CPUs, cores and caches that sysfs shows.
import type { Cpu } from '@hioload/api';
import { join } from 'node:path';

import { listNames, readCpuListFile, readInteger, readText } from './kernel-files.js';

/** Gives each new key the next number, from 0. */
class Numbering {
  readonly #numbers = new Map<number, number>();

  of(key: number): number {
    const number = this.#numbers.get(key) ?? this.#numbers.size;
    this.#numbers.set(key, number);
    return number;
  }
}

/**
 * Reads the cores and caches of online CPUs. `core_id` repeats in each package, die or cluster, and
 * some kernels have no ids of caches. So a core or a cache is known by the CPUs that share it, and
 * is numbered by its lowest CPU, as `lscpu` does.
 * @param ids online CPUs, ascending
 * @param nodeOf returns the node of a CPU
 * @throws HIOLOAD_CPU_LIST_INVALID (as a rejection)
 */
export async function readCpus(
  cpuRoot: string,
  ids: readonly number[],
  nodeOf: (id: number) => number,
): Promise<Cpu[]> {
  const online = new Set(ids);
  const lowest = (sharers: readonly number[] | null, id: number): number =>
    Math.min(id, ...(sharers ?? []).filter((sharer) => online.has(sharer)));
  const cores = new Numbering();
  const caches = new Numbering();
  const told = await Promise.all(
    ids.map(async (id) => readCpu(join(cpuRoot, `cpu${String(id)}`), id)),
  );
  return told.map(({ id, siblings, packageId, sharers }) => ({
    id,
    core: cores.of(lowest(siblings, id)),
    // Boards without packages report -1.
    package: Math.max(packageId ?? 0, 0),
    // SMT siblings share every cache, even if the kernel does not list the cache.
    llc: caches.of(lowest(sharers ?? siblings, id)),
    node: nodeOf(id),
  }));
}

interface ToldCpu {
  readonly id: number;
  readonly siblings: readonly number[] | null;
  readonly packageId: number | null;
  /** The CPUs that share the last-level cache of this CPU. */
  readonly sharers: readonly number[] | null;
}

async function readCpu(folder: string, id: number): Promise<ToldCpu> {
  const [siblings, packageId, sharers] = await Promise.all([
    readCpuListFile(join(folder, 'topology/thread_siblings_list')),
    readInteger(join(folder, 'topology/physical_package_id')),
    readCacheSharers(join(folder, 'cache')),
  ]);
  return { id, siblings, packageId, sharers };
}

/**
 * The CPUs that share the cache of the highest level. On hybrid processors the highest level
 * differs from CPU to CPU.
 */
async function readCacheSharers(folder: string): Promise<readonly number[] | null> {
  const caches = (await listNames(folder)).filter((name) => /^index\d+$/.test(name));
  let highest = { level: 0, path: '' };
  for (const name of caches) {
    const level = (await readInteger(join(folder, name, 'level'))) ?? 0;
    if (
      level > highest.level &&
      (await readText(join(folder, name, 'type')))?.trim() !== 'Instruction'
    )
      highest = { level, path: join(folder, name) };
  }
  const sharers =
    highest.level === 0 ? null : await readCpuListFile(join(highest.path, 'shared_cpu_list'));
  return sharers?.length === 0 ? null : sharers;
}
