// The plan of one pass of the pool benchmark, for its process and its second thread.
import type { ArmName } from './series.js';

/** The work of one pass, for its process and for its second thread. */
export interface PassPlan {
  readonly arm: ArmName;
  /** Name of the series. */
  readonly series: string;
  /** The CPUs of the reading and of the writing thread. */
  readonly cpus: readonly [number, number];
}

/** The plan of the second thread. */
export interface PeerPlan extends PassPlan {
  /** The memory that the first thread created: regions, buffers or nothing. */
  readonly shared: unknown;
}

/** The report of a pass. */
export type PassReport = { readonly value: number } | { readonly error: string };
