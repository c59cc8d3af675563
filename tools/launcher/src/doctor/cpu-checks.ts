/** Checks of the CPUs, their quota, the memory and the NUMA nodes. */
import { formatCpuList } from '@hioload/reactor';
import { type Check, ok, warn } from './check.js';

const GIB = 2 ** 30;

/** The checks, in the order of their lines. */
export const CPU_CHECKS: readonly Check[] = [
  {
    name: 'taskset',
    look(machine) {
      if (machine.platform !== 'linux')
        return ok('not needed', 'Reactors are bound to CPUs on Linux only.');
      const hasTaskset = machine.hasProgram('taskset');
      const available = machine.affinity();
      if (available.ok)
        return ok(hasTaskset ? 'found' : 'not needed', 'Reactors can be bound to their CPUs.');
      if (hasTaskset)
        return warn(
          `found, but ${available.reason}`,
          'Reactors are not bound to their CPUs until that is mended.',
        );
      return warn(
        'not in PATH',
        'Install util-linux; without taskset, reactors are not bound to their CPUs.',
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
          '`serve --numactl` keeps memory on the nodes of the reactors, and `numastat -p PID` ' +
            'shows where memory lies.',
        );
      if (nodes.length === 1)
        return ok('not in PATH', 'A machine with one NUMA node does not need it.');
      return warn(
        'not in PATH',
        'Install numactl to use `serve --numactl` and to see where memory lies.',
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
      if (cpuQuota === null) return ok('none', 'Reactors may use all the time of their CPUs.');
      const found = `${cpuQuota} CPUs of time`;
      if (cpuQuota >= allowedCpus.length) return ok(found, 'The quota covers every allowed CPU.');
      return warn(
        found,
        'The quota is less than the allowed CPUs, so the kernel pauses the server in turns: ' +
          'give the container whole CPUs (a cpuset).',
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
      if (nodes.length === 1) return ok('1 node', 'All memory is equally near to every CPU.');
      return ok(`${nodes.length} nodes`, 'A pinned reactor keeps its memory on its own node.');
    },
  },
];
