// The settings of a run of `bench echo`.
import type { RivalName, SubjectName } from './server-kinds.js';

/** The settings of a run of `bench echo`. */
export interface EchoSettings {
  readonly subjects: readonly SubjectName[];
  readonly rivals: readonly RivalName[];
  readonly connections: number;
  /** Lengths of a message. Each pair with a number in flight is a series of rounds. */
  readonly payloadBytes: readonly number[];
  /** Messages in flight on each connection. */
  readonly inFlight: readonly number[];
  /** The number of rounds. Each round runs every server once. */
  readonly passes: number;
  /** Length of the measured window, in seconds. */
  readonly seconds: number;
  /** Time under load before the window, in seconds. */
  readonly warmupSeconds: number;
  readonly serverCpu: number;
  /** The CPUs of the load processes, one process on each. */
  readonly loadCpus: readonly number[];
  /**
   * A pass is void if the server's busiest thread runs less than this share of the time; 0..100.
   */
  readonly minBusyPercent: number;
  /** The most attempts at a pass. After them the round goes on without that pass. */
  readonly attempts: number;
}
