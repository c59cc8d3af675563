/** Divides the memory limit among the heaps of the reactors. */
const MIB = 1_048_576;
/**
 * The share of the memory limit that the heaps may fill. The rest is for sockets, buffers and the
 * supervisor.
 */
const HEAPS_SHARE = 0.75;
/** The collections of a larger heap would delay every connection of the reactor. */
const MAX_HEAP_MB = 4_096;
/** V8 does not run in a smaller heap. */
const MIN_HEAP_MB = 32;

/** The heap of one reactor, in MiB, if `reactors` reactors share `memoryLimitBytes`. */
export function heapShareMb(memoryLimitBytes: number, reactors: number): number {
  const share = Math.floor((memoryLimitBytes * HEAPS_SHARE) / reactors / MIB);
  return Math.min(MAX_HEAP_MB, Math.max(MIN_HEAP_MB, share));
}
