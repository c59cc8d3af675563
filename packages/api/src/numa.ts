import type { ReactorPlace } from './placement.js';
import type { BytePool, ThreadPools } from './pool.js';

/** The CPUs that a thread is pinned to, and the node that they belong to. */
export type PoolHome = Pick<ReactorPlace, 'cpus' | 'node'>;

/** The pools of one thread and where they are at home. */
export interface NumaPool {
  readonly home: PoolHome;
  /** Blocks that any thread can read and give back. `null` where another thread lends from it. */
  readonly pool: BytePool | null;
  /** Plain memory of the thread alone. `null` where the pools belong to another thread. */
  readonly pools: ThreadPools | null;
}

/**
 * Where memory lies, or why that is not known. The kernel counts by mapping: what else lies in the
 * same one is counted with it.
 */
export type MemoryReport =
  | {
      readonly known: true;
      /** Bytes of the memory itself. */
      readonly bytes: number;
      /** Bytes of the mapping that it lies in, in use or not. */
      readonly mappedBytes: number;
      /**
       * Bytes of the mapping that are in use, by id of the node; empty on a kernel without NUMA.
       */
      readonly bytesByNode: Readonly<Record<number, number>>;
      /**
       * Bytes of the mapping that are on huge pages: more than `bytes` where neighbours are too.
       */
      readonly hugeBytes: number;
      /** Whether the kernel may put it on huge pages. */
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
   * Asks the kernel where each pool lies, oldest first. Stalls the thread for some milliseconds:
   * not for the path of a message.
   */
  report(): readonly NumaPoolReport[];
}
