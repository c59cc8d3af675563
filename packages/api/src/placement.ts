/** The places of the reactors on the CPUs of the machine. */

/**
 * How the CPUs are grouped: by physical core, by last-level cache, or by NUMA node. One reactor
 * runs on each group.
 */
export type CpuGrouping = 'core' | 'llc' | 'numa';

/** The place of one reactor. */
export interface ReactorPlace {
  /** The number of the reactor, from 0. */
  readonly reactor: number;
  /** The ids of its CPUs, ascending; at least one. No other reactor has any of them. */
  readonly cpus: readonly number[];
  /** The NUMA node of the CPUs. */
  readonly node: number;
}

/**
 * The places of all reactors, in the order of `reactor`. `notes` are sentences for a person: the
 * decisions that the person might not expect.
 */
export interface Placement {
  readonly places: readonly ReactorPlace[];
  readonly notes: readonly string[];
}
