// The settings of a run of `bench echo`.
import type { RivalName, SubjectName } from './server-kinds.js';

/** What a run of `bench echo` is asked for. */
export interface EchoSettings {
  readonly subjects: readonly SubjectName[];
  readonly rivals: readonly RivalName[];
  readonly connections: number;
  /** Lengths of a message; with each number in flight a series of rounds. */
  readonly payloadBytes: readonly number[];
  /** Messages in flight on each connection. */
  readonly inFlight: readonly number[];
  /** Rounds; each runs every server once. */
  readonly passes: number;
  /** Length of the window that counts, in seconds. */
  readonly seconds: number;
  /** Time under load before it, in seconds. */
  readonly warmupSeconds: number;
  readonly serverCpu: number;
  /** One load process on each. */
  readonly loadCpus: readonly number[];
  /**
   * A pass in which the server's busiest thread runs less than this share of the time is void;
   * 0..100.
   */
  readonly minBusyPercent: number;
  /** How often a pass is tried before its round goes without it. */
  readonly attempts: number;
}
