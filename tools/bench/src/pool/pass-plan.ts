// The plan of one pass of the pool benchmark, for its process and its second thread.
import type { ArmName } from './series.js';

/** What one pass does, as its process and its second thread are told. */
export interface PassPlan {
  readonly arm: ArmName;
  /** Name of the series. */
  readonly series: string;
  /** CPU of the reading and of the writing thread. */
  readonly cpus: readonly [number, number];
}

/** What the second thread needs besides. */
export interface PeerPlan extends PassPlan {
  /** What the first thread has made: regions, buffers or nothing. */
  readonly shared: unknown;
}

/** What a pass reports. */
export type PassReport = { readonly value: number } | { readonly error: string };
