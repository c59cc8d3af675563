// Reads the CPUs, cores and caches that sysfs shows.
import type { Cpu } from '@hioload/api';
import { join } from 'node:path';

import { listNames, readCpuListFile, readInteger, readText } from './kernel-files.js';

/** Numbers things by the order in which they are first met. */
class Numbering {
  readonly #numbers = new Map<number, number>();

  of(key: number): number {
    const number = this.#numbers.get(key) ?? this.#numbers.size;
    this.#numbers.set(key, number);
    return number;
  }
}

/**
 * Reads cores and caches of online CPUs. `core_id` repeats in each package, die or cluster, and
 * cache ids are not always there, so cores and caches are told apart by who shares them, and
 * numbered by their lowest CPU, as `lscpu` does.
 * @param ids online CPUs, ascending @param nodeOf node of a CPU
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
    // Boards without packages say -1.
    package: Math.max(packageId ?? 0, 0),
    // SMT siblings share whatever caches there are, told or not.
    llc: caches.of(lowest(sharers ?? siblings, id)),
    node: nodeOf(id),
  }));
}

interface ToldCpu {
  readonly id: number;
  readonly siblings: readonly number[] | null;
  readonly packageId: number | null;
  /** CPUs that share its last-level cache. */
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
 * Sharers of the cache of the highest level; on hybrid processors that level differs from CPU to
 * CPU.
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
