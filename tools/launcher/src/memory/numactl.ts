import { formatCpuList } from '@hioload/reactor';
import type { Machine } from '../doctor/machine.js';
import type { MemoryNote } from './memory-note.js';

/** How the server process is to be started under numactl. */
export interface NumactlPlan {
  /** Goes before the command line of the server; empty where it is started without. */
  readonly command: readonly string[];
  /** Nodes that its memory is bound to. */
  readonly boundTo: readonly number[] | null;
  readonly note: MemoryNote;
}

/**
 * Binds all memory of the server to the nodes that its reactors run on: what the threads of V8 and
 * libuv allocate lies there too, and nothing spills over to a far node when a near one is full.
 * Within these nodes a page goes to the nearest. Whether the machine lets us is tried out.
 * @param nodes ascending
 */
export function planNumactl(
  machine: Machine,
  nodesOfMachine: number,
  nodes: readonly number[],
): NumactlPlan {
  const without = (level: MemoryNote['level'], reason: string): NumactlPlan => ({
    command: [],
    boundTo: null,
    note: { level, text: `numactl: not used: ${reason}` },
  });
  if (machine.platform !== 'linux')
    return without('warn', `it is of Linux, this is ${machine.platform}`);
  if (nodesOfMachine === 1)
    return without('info', 'this machine has one NUMA node, and all memory is there');
  if (!machine.hasProgram('numactl'))
    return without('warn', 'it is not in PATH; the package numactl has it');
  const list = formatCpuList(nodes);
  const command = ['numactl', `--membind=${list}`];
  const { ok, output } = machine.run('numactl', [...command.slice(1), '--show']);
  const [firstLine = ''] = output.trim().split('\n');
  if (!ok) return without('warn', `memory cannot be bound here (${firstLine})`);
  const shown = /^membind:\s*([\d ]*)$/m.exec(output)?.[1]?.trim();
  if (shown !== nodes.join(' '))
    return without('warn', `asked for nodes ${list}, it shows ${shown ?? 'none'}`);
  return {
    command,
    boundTo: nodes,
    note: { level: 'info', text: `numactl: memory is bound to node ${list}` },
  };
}
