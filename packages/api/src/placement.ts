/**
 * How CPUs are grouped, one reactor per group: by physical core, by last-level cache, by NUMA node.
 */
export type CpuGrouping = 'core' | 'llc' | 'numa';

/** Where one reactor runs. */
export interface ReactorPlace {
  /** From 0. */
  readonly reactor: number;
  /** CPUs of its group, by ascending id; at least one, none shared with another reactor. */
  readonly cpus: readonly number[];
  readonly node: number;
}

/**
 * One place per reactor, in the order of `reactor`, and what a person should know about how it came
 * about.
 */
export interface Placement {
  readonly places: readonly ReactorPlace[];
  readonly notes: readonly string[];
}
