// The settings of a run of `bench bus`.
import type { RivalName, SubjectName } from './server-kinds.js';

/** What `bench bus` can measure. */
export const BUS_SERIES = ['fan-out', 'cross', 'idle-server', 'scaling'] as const;
export type BusSeriesName = (typeof BUS_SERIES)[number];

/** What a run of `bench bus` is asked for. */
export interface BusSettings {
  readonly series: readonly BusSeriesName[];
  readonly subjects: readonly SubjectName[];
  readonly rivals: readonly RivalName[];
  readonly subscribers: number;
  readonly payloadBytes: number;
  /** Messages that were published and that some subscriber lacks, at most. */
  readonly inFlight: number;
  /** Rounds; each runs every server once. */
  readonly passes: number;
  /** Length of the window that counts, in seconds. */
  readonly seconds: number;
  /** Time under load before it, in seconds. */
  readonly warmupSeconds: number;
  /** What server and load share, each once. */
  readonly cpus: readonly number[];
  /** A pass in which something else has more of the CPUs is void; 0..100. */
  readonly maxOthersPercent: number;
  /** How often a pass is tried before its round goes without it. */
  readonly attempts: number;
  /** Messages that cross from one reactor to another in a pass; of latencies a thousandth. */
  readonly crossMessages: number;
  /** Time for what the start of an idle server leaves behind, such as garbage, in seconds. */
  readonly idleSettleSeconds: number;
  /** How long it is watched then, in seconds. */
  readonly idleSeconds: number;
  /** CPUs that the servers and loads of the scaling table may use. */
  readonly allCpus: readonly number[];
}
