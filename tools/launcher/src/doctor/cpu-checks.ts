import { formatCpuList } from '@hioload/reactor';
import { type Check, ok, warn } from './check.js';

const GIB = 2 ** 30;

export const CPU_CHECKS: readonly Check[] = [
  {
    name: 'taskset',
    look(machine) {
      if (machine.platform !== 'linux')
        return ok('not needed', 'Threads are bound to CPUs on Linux only.');
      if (machine.hasProgram('taskset')) return ok('found', 'Reactors can be bound to their CPUs.');
      return warn(
        'not in PATH',
        'Install util-linux, or reactors run wherever the kernel puts them.',
      );
    },
  },
  {
    name: 'numactl',
    async look(machine) {
      const { nodes } = await machine.topology();
      if (machine.hasProgram('numactl'))
        return ok(
          'found',
          '`serve --numactl` keeps memory on the nodes of the reactors; `numastat -p PID` ' +
            'shows where it lies.',
        );
      if (nodes.length === 1) return ok('not in PATH', 'With one NUMA node it is not needed.');
      return warn(
        'not in PATH',
        'Install numactl for `serve --numactl`, and to see where memory lies.',
      );
    },
  },
  {
    name: 'cpuset',
    async look(machine) {
      const { cpus, allowedCpus } = await machine.topology();
      const found = `CPUs ${formatCpuList(allowedCpus)} of ${cpus.length}`;
      if (allowedCpus.length === cpus.length) return ok(found, 'This process may use every CPU.');
      return ok(found, 'Reactors are placed on the allowed CPUs only.');
    },
  },
  {
    name: 'cpu quota',
    async look(machine) {
      const { cpuQuota, allowedCpus } = await machine.topology();
      if (cpuQuota === null) return ok('none', 'Reactors get all the time of their CPUs.');
      const found = `${cpuQuota} CPUs of time`;
      if (cpuQuota >= allowedCpus.length) return ok(found, 'It covers every allowed CPU.');
      return warn(
        found,
        'Less time than allowed CPUs: give the container whole CPUs (a cpuset), or it is ' +
          'throttled in bursts.',
      );
    },
  },
  {
    name: 'memory',
    async look(machine) {
      const { memoryLimitBytes, allowedCpus } = await machine.topology();
      const found = `${(memoryLimitBytes / GIB).toFixed(1)} GiB`;
      const each = Math.floor(memoryLimitBytes / allowedCpus.length / 2 ** 20);
      if (each >= 256) return ok(found, `That is ${each} MiB for each allowed CPU.`);
      return warn(
        found,
        `That is only ${each} MiB for each allowed CPU: raise the limit or run fewer reactors.`,
      );
    },
  },
  {
    name: 'numa',
    async look(machine) {
      const { nodes } = await machine.topology();
      if (nodes.length === 1) return ok('1 node', 'All memory is equally near.');
      return ok(
        `${nodes.length} nodes`,
        'Each reactor keeps its memory on its own node while it is pinned.',
      );
    },
  },
];
