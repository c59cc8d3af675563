/** The CPUs, the NUMA nodes and the memory of a machine. */

/**
 * One logical CPU. The ids are those of the operating system. A number that the system does not
 * tell is 0; an unknown cache counts as a cache of the CPU alone.
 */
export interface Cpu {
  readonly id: number;
  /** The physical core, unique in the machine. SMT siblings have the same number. */
  readonly core: number;
  readonly package: number;
  /** The last-level cache, unique in the machine. CPUs with the same number share it. */
  readonly llc: number;
  readonly node: number;
}

/** A NUMA node. */
export interface NumaNode {
  readonly id: number;
  /** The size of its memory in bytes; 0 if unknown. */
  readonly memoryBytes: number;
  /**
   * The distance to each node, in the order of `Topology.nodes`. The numbers come from the
   * firmware; 10 is the distance to the node itself. Empty if unknown.
   */
  readonly distances: readonly number[];
}

/** The machine, and the part of it that this process may use. */
export interface Topology {
  /** Where it was read: `sysfs` or `systeminformation`; `given` where a program gave it. */
  readonly source: 'sysfs' | 'systeminformation' | 'given';
  readonly model: string;
  /** Online CPUs by ascending id. */
  readonly cpus: readonly Cpu[];
  /** Nodes by ascending id; at least one. */
  readonly nodes: readonly NumaNode[];
  /** CPUs that this process may use (affinity mask and cpuset), by ascending id; at least one. */
  readonly allowedCpus: readonly number[];
  /** The CPU time that the cgroup grants, in CPUs, such as 1.5; `null` without a quota. */
  readonly cpuQuota: number | null;
  /** The memory that the cgroup grants, in bytes; without a limit, the memory of the machine. */
  readonly memoryLimitBytes: number;
}
