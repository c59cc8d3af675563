/** The log lines that say where the memory of the reactors lies. */
import type { Logger, MemoryReport, NumaPoolReport } from '@hioload/api';
import { formatCpuList } from '../machine/index.js';
import type { MemoryWish } from './server-options.js';

/**
 * Share of a slab that may lie on another node without a warning: the thread that mapped the memory
 * may have touched the first page.
 */
const STRAY_SHARE = 0.01;
const MIB = 2 ** 20;

/** What is known about where memory lies. */
export interface MemoryFindings {
  readonly wish: MemoryWish | undefined;
  /** Whether the reactors are pinned, so that a node can be expected of their memory. */
  readonly pinned: boolean;
  /** As the kernel tells it; see `memoryPolicy`. */
  readonly policy: string | null;
  /** One for each reactor, in their order. */
  readonly reports: readonly NumaPoolReport[];
}

/** Logs where memory lies, and warns if it does not lie where the options ask for it. */
export function announceMemory(
  { wish, pinned, policy, reports }: MemoryFindings,
  log: Logger,
): void {
  if (wish !== undefined && wish.boundTo !== null) announceBinding(wish.boundTo, policy, log);
  reports.forEach(({ home, memory }, reactor) => {
    if (!memory.known)
      return log.warn(
        `memory: reactor ${reactor}: the node of its slab is unknown: ${memory.reason}`,
      );
    const size = `memory: reactor ${reactor}: slab of ${mebibytes(memory.bytes)}`;
    const stray = pinned ? missingOn(memory, home.node) : 0;
    if (stray > memory.bytes * STRAY_SHARE) {
      log.warn(`${size}: ${mebibytes(stray)} of it lie outside of node ${home.node}`);
    } else {
      const where = pinned ? ` on node ${home.node}` : '';
      // The kernel counts by mapping: neighbours of the slab on huge pages are among them.
      const huge = Math.min(memory.hugeBytes, memory.bytes);
      log.info(`${size}${where}, ${mebibytes(huge)} of it on huge pages`);
    }
    if (wish?.hugePages === true && memory.hugeBytes === 0)
      log.warn(`${size}: not on huge pages: ${whyNone(memory)}`);
  });
}

function announceBinding(nodes: readonly number[], policy: string | null, log: Logger): void {
  const list = formatCpuList(nodes);
  if (policy === `bind:${list}`) log.info(`memory: bound to node ${list}, as the kernel confirms`);
  else
    log.warn(
      `memory: should be bound to node ${list}, but the kernel reports ` +
        (policy === null ? 'no policy' : `the policy ${policy}`),
    );
}

/**
 * Bytes that a node lacks for the slab to lie there. Neighbours in the same mapping may be
 * anywhere.
 */
function missingOn(
  { bytes, bytesByNode }: MemoryReport & { readonly known: true },
  node: number,
): number {
  // A kernel without NUMA names no nodes.
  return Object.keys(bytesByNode).length === 0 ? 0 : Math.max(0, bytes - (bytesByNode[node] ?? 0));
}

function whyNone({ hugeAllowed }: MemoryReport & { readonly known: true }): string {
  return hugeAllowed
    ? 'the kernel found none free'
    : 'the kernel does not allow them for this memory';
}

function mebibytes(bytes: number): string {
  return `${(bytes / MIB).toFixed(1)} MiB`;
}
