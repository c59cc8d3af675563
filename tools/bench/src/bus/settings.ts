// The settings of a run of `bench bus`.
import type { RivalName, SubjectName } from './server-kinds.js';

/** The series of `bench bus`. */
export const BUS_SERIES = ['fan-out', 'cross', 'idle-server', 'scaling'] as const;
export type BusSeriesName = (typeof BUS_SERIES)[number];

/** The settings of a run of `bench bus`. */
export interface BusSettings {
  readonly series: readonly BusSeriesName[];
  readonly subjects: readonly SubjectName[];
  readonly rivals: readonly RivalName[];
  readonly subscribers: number;
  readonly payloadBytes: number;
  /** The most messages that were published and that some subscriber still lacks. */
  readonly inFlight: number;
  /** The number of rounds. Each round runs every server once. */
  readonly passes: number;
  /** Length of the measured window, in seconds. */
  readonly seconds: number;
  /** Time under load before the window, in seconds. */
  readonly warmupSeconds: number;
  /** The CPUs that server and load share, each listed once. */
  readonly cpus: readonly number[];
  /** A pass is void if other programs use more than this share of the CPUs; 0..100. */
  readonly maxOthersPercent: number;
  /** The most attempts at a pass. After them the round goes on without that pass. */
  readonly attempts: number;
  /**
   * Messages from one reactor to another in a pass. A series of latencies has a thousandth of them.
   */
  readonly crossMessages: number;
  /** Time in which an idle server clears the remains of its start, such as garbage, in seconds. */
  readonly idleSettleSeconds: number;
  /** How long the idle server is watched after that, in seconds. */
  readonly idleSeconds: number;
  /** CPUs that the servers and loads of the scaling table may use. */
  readonly allCpus: readonly number[];
}
