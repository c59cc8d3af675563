/** Pools on the NUMA nodes of their threads, and reports about where memory lies. */
import type { ReactorPlace } from './placement.js';
import type { BytePool, ThreadPools } from './pool.js';

/** The CPUs that a thread is pinned to, and the node that they belong to. */
export type PoolHome = Pick<ReactorPlace, 'cpus' | 'node'>;

/** The pools of one thread, and the home of that thread. */
export interface NumaPool {
  readonly home: PoolHome;
  /** Blocks that any thread can read and give back. `null` where another thread lends from it. */
  readonly pool: BytePool | null;
  /** Plain memory of the thread alone. `null` where the pools belong to another thread. */
  readonly pools: ThreadPools | null;
}

/**
 * Where memory lies, or the reason why this is unknown. The kernel counts whole mappings, so other
 * memory in the same mapping counts too.
 */
export type MemoryReport =
  | {
      readonly known: true;
      /** The size of the memory, in bytes. */
      readonly bytes: number;
      /** The size of the mapping that holds the memory, in bytes, used or not. */
      readonly mappedBytes: number;
      /**
       * Used bytes of the mapping, by the id of their node; empty on a kernel without NUMA.
       */
      readonly bytesByNode: Readonly<Record<number, number>>;
      /**
       * Bytes of the mapping on huge pages; more than `bytes` if other memory in the mapping is
       * there too.
       */
      readonly hugeBytes: number;
      /** Whether the kernel may put the memory on huge pages. */
      readonly hugeAllowed: boolean;
    }
  | { readonly known: false; readonly reason: string };

/** Where the memory of one pool lies; an entry of `reactors` in `/memory.json`. */
export interface NumaPoolReport {
  readonly home: PoolHome;
  readonly memory: MemoryReport;
}

/**
 * Pools by CPU and by node. Each thread makes its own pools and lends from them; their memory lies
 * on the node of that thread. Belongs to one thread, and may know the pools of others.
 */
export interface NumaPoolManager {
  /**
   * Makes the pools of the calling thread, which is pinned to the CPUs of `home`. All shared memory
   * is taken, and every page of it written to, before `create` returns: the kernel puts a page on
   * the node of the thread that first writes to it. Plain memory is taken when it is first lent.
   * @throws HIOLOAD_STATE where a CPU of `home` has a pool already, HIOLOAD_AFFINITY_FAILED where
   * the thread may run elsewhere
   */
  create(home: PoolHome): NumaPool;
  /** The pool of the thread that is pinned to a CPU. */
  onCpu(cpu: number): NumaPool | undefined;
  /** The pools of the threads of a node, oldest first. */
  onNode(node: number): readonly NumaPool[];
  /**
   * Asks the kernel where each pool lies, oldest first. Takes some milliseconds of the thread in
   * all, so do not call it for each message.
   */
  report(): Promise<readonly NumaPoolReport[]>;
}
