/** The log lines that say where the memory of the reactors lies. */
import type { Logger, MemoryReport, NumaPoolReport } from '@hioload/api';
import { formatCpuList } from '../machine/index.js';
import type { MemoryWish } from './server-options.js';

/**
 * The share of a slab that may lie on another node without a warning. The thread that mapped the
 * memory may have touched the first page.
 */
const STRAY_SHARE = 0.01;
const MIB = 2 ** 20;

/** The findings about the memory of the reactors, and the options that the memory should follow. */
export interface MemoryFindings {
  readonly wish: MemoryWish | undefined;
  /** Whether the reactors are pinned. Only then each slab has a node to lie on. */
  readonly pinned: boolean;
  /** The policy that the kernel reports; see `memoryPolicy`. */
  readonly policy: string | null;
  /** One report for each reactor, by its number. */
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
      // The kernel counts huge pages by mapping. A mapping may hold other memory than the slab.
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
 * Bytes of the slab that cannot lie on a node. The kernel counts by mapping, and a mapping may hold
 * other memory than the slab.
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
