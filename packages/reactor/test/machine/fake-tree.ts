// Test support: writes the files that Linux shows on an invented machine.
import type { Cpu, Topology } from '@hioload/api';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

import { formatCpuList } from '../../src/machine/index.js';

/** Contents of files by path below a temporary folder, such as `sys/devices/system/cpu/online`. */
export type Files = Record<string, string>;

/** Where a tree was written; it is removed when the test has finished. */
export interface FakeTree {
  readonly root: string;
  readonly sysRoot: string;
  readonly procRoot: string;
}

export function writeTree(files: Files): FakeTree {
  const root = mkdtempSync(join(tmpdir(), 'hioload-machine-'));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const made = new Set<string>();
  for (const [path, content] of Object.entries(files)) {
    const folder = dirname(path);
    if (!made.has(folder)) mkdirSync(join(root, folder), { recursive: true });
    made.add(folder);
    writeFileSync(join(root, path), content);
  }
  return { root, sysRoot: join(root, 'sys'), procRoot: join(root, 'proc') };
}

/** The files that Linux would show on a machine, without cgroups. */
export function filesOf(machine: Topology): Files {
  const totalKb = machine.nodes.reduce((sum, { memoryBytes }) => sum + memoryBytes, 0) / 1024;
  // The mask names every CPU that the machine could take, also CPUs that are not there.
  const allowedCpus = `Cpus_allowed_list:\t${maskOf(machine)}\n`;
  const files: Files = {
    'sys/devices/system/cpu/online': `${formatCpuList(machine.cpus.map(({ id }) => id))}\n`,
    'proc/self/status': `Name:\tnode\n${allowedCpus}Mems_allowed_list:\t0\n`,
    'proc/meminfo': `MemTotal:       ${String(totalKb)} kB\nMemFree:        1 kB\n`,
    'proc/cpuinfo':
      'processor\t: 0\nvendor_id\t: Invented\n' +
      `model name\t: ${machine.model}\ncpu MHz\t\t: 2000\n`,
  };
  for (const cpu of machine.cpus) Object.assign(files, filesOfCpu(machine, cpu));
  for (const { id, memoryBytes, distances } of machine.nodes) {
    const folder = `sys/devices/system/node/node${String(id)}`;
    files[`${folder}/cpulist`] = `${listOf(machine, (cpu) => cpu.node === id)}\n`;
    files[`${folder}/meminfo`] =
      `Node ${String(id)} MemTotal:   ${String(memoryBytes / 1024)} kB\n`;
    files[`${folder}/distance`] = `${distances.join(' ')}\n`;
  }
  return files;
}

function filesOfCpu(machine: Topology, cpu: Cpu): Files {
  const folder = `sys/devices/system/cpu/cpu${String(cpu.id)}`;
  const siblings = listOf(machine, ({ core }) => core === cpu.core);
  const firstOfPackage = Math.min(
    ...machine.cpus.filter((c) => c.package === cpu.package).map(({ core }) => core),
  );
  const sharers = listOf(machine, ({ llc }) => llc === cpu.llc);
  return {
    // Counts from 0 in each package, as firmware does.
    [`${folder}/topology/core_id`]: `${String(cpu.core - firstOfPackage)}\n`,
    [`${folder}/topology/physical_package_id`]: `${String(cpu.package)}\n`,
    [`${folder}/topology/thread_siblings_list`]: `${siblings}\n`,
    ...cacheFiles(`${folder}/cache/index0`, 1, 'Data', siblings),
    ...cacheFiles(`${folder}/cache/index1`, 3, 'Unified', sharers),
  };
}

export function cacheFiles(folder: string, level: number, type: string, sharers: string): Files {
  return {
    [`${folder}/level`]: `${String(level)}\n`,
    [`${folder}/type`]: `${type}\n`,
    [`${folder}/shared_cpu_list`]: `${sharers}\n`,
  };
}

function listOf(machine: Topology, which: (cpu: Cpu) => boolean): string {
  return formatCpuList(machine.cpus.filter(which).map(({ id }) => id));
}

function maskOf(machine: Topology): string {
  return machine.allowedCpus.length === machine.cpus.length
    ? '0-1023'
    : formatCpuList(machine.allowedCpus);
}
