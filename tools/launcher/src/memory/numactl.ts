/** Decides whether the server process is started under the program numactl. */
import { formatCpuList } from '@hioload/reactor';
import type { Machine } from '../doctor/machine.js';
import type { MemoryNote } from './memory-note.js';

/** How the server process is started under numactl. */
export interface NumactlPlan {
  /** Words that go before the command line of the server; empty if numactl is not used. */
  readonly command: readonly string[];
  /** Nodes that the memory of the server is bound to; `null` if numactl is not used. */
  readonly boundTo: readonly number[] | null;
  readonly note: MemoryNote;
}

/**
 * Binds all memory of the server to the nodes of its reactors. The memory of V8's and libuv's
 * threads lies there too, and no page goes to another node when these nodes are full. Within these
 * nodes a page goes to the nearest one. The function runs numactl once, to find out whether the
 * machine allows the binding.
 * @param nodes the nodes of the reactors, ascending
 */
export function planNumactl(
  machine: Machine,
  nodesOfMachine: number,
  nodes: readonly number[],
): NumactlPlan {
  const without = (level: MemoryNote['level'], reason: string): NumactlPlan => ({
    command: [],
    boundTo: null,
    note: { level, text: `numactl: not used, because ${reason}` },
  });
  if (machine.platform !== 'linux')
    return without('warn', `it exists on Linux only and this is ${machine.platform}`);
  if (nodesOfMachine === 1) return without('info', 'this machine has one NUMA node');
  if (!machine.hasProgram('numactl'))
    return without('warn', 'it is not in PATH; install the package numactl');
  const list = formatCpuList(nodes);
  const command = ['numactl', `--membind=${list}`];
  const { ok, output } = machine.run('numactl', [...command.slice(1), '--show']);
  const [firstLine = ''] = output.trim().split('\n');
  if (!ok) return without('warn', `memory cannot be bound here (${firstLine})`);
  const shown = /^membind:\s*([\d ]*)$/m.exec(output)?.[1]?.trim();
  if (shown !== nodes.join(' '))
    return without(
      'warn',
      `memory should be bound to nodes ${list}, but numactl shows ${shown ?? 'none'}`,
    );
  return {
    command,
    boundTo: nodes,
    note: { level: 'info', text: `numactl: memory is bound to node ${list}` },
  };
}
