// The settings and the goals of `bench idle`.
import type { RIVALS, SUBJECTS } from '../echo/server-kinds.js';

/**
 * Our servers. The bench must be able to collect the garbage of a server, which is impossible
 * behind a launcher.
 */
export type IdleSubjectName = Exclude<keyof typeof SUBJECTS, 'hioload'>;
export type IdleRivalName = keyof typeof RIVALS;
export type IdleArmName = IdleSubjectName | IdleRivalName;

/** The settings of a run of `bench idle`. */
export interface IdleSettings {
  readonly subjects: readonly IdleSubjectName[];
  readonly rivals: readonly IdleRivalName[];
  /** Idle connections at the two readings. The slope of memory lies between them. */
  readonly from: number;
  readonly to: number;
  /** The number of rounds. Each round runs every server once. */
  readonly passes: number;
  /** How long the server is watched with all connections open, in seconds. */
  readonly seconds: number;
  readonly serverCpu: number;
  /** The CPU of the process that holds the connections. */
  readonly loadCpu: number;
}

/** The goal: most process memory of an idle connection, in bytes. */
export const MEMORY_GOALS: Readonly<Partial<Record<IdleArmName, number>>> = {
  'hioload-transport': 1.2 * 1024,
  net: 5 * 1024,
};

/** The goal: most CPU time of idle connections, in cores. */
export const CPU_GOAL = 0.01;
