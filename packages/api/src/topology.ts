/**
 * One logical CPU. Ids are those of the operating system; what it does not tell is taken as 0, or
 * as a cache of its own.
 */
export interface Cpu {
  readonly id: number;
  /** Physical core; SMT siblings have the same. Unique in the machine. */
  readonly core: number;
  readonly package: number;
  /** CPUs with the same number share their last-level cache. Unique in the machine. */
  readonly llc: number;
  readonly node: number;
}

/** A NUMA node. */
export interface NumaNode {
  readonly id: number;
  /** Bytes of memory, or 0 where unknown. */
  readonly memoryBytes: number;
  /**
   * Distance to each node, in the order of `Topology.nodes`, as the firmware tells it (10 is
   * local); empty where unknown.
   */
  readonly distances: readonly number[];
}

/** What the machine looks like and what part of it this process may use. */
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
  /** CPUs' worth of time that the cgroup grants, such as 1.5, or `null` without a quota. */
  readonly cpuQuota: number | null;
  /** Bytes of memory that the cgroup grants, or that the machine has where there is no limit. */
  readonly memoryLimitBytes: number;
}
