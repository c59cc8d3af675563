// The settings and the goals of `bench idle`.
import type { RIVALS, SUBJECTS } from '../echo/server-kinds.js';

/** Ours: a server whose garbage the bench can have collected, which is not so behind a launcher. */
export type IdleSubjectName = Exclude<keyof typeof SUBJECTS, 'hioload'>;
export type IdleRivalName = keyof typeof RIVALS;
export type IdleArmName = IdleSubjectName | IdleRivalName;

/** What a run of `bench idle` is asked for. */
export interface IdleSettings {
  readonly subjects: readonly IdleSubjectName[];
  readonly rivals: readonly IdleRivalName[];
  /** Idle connections at the two points between which the slope of memory lies. */
  readonly from: number;
  readonly to: number;
  /** Rounds; each runs every server once. */
  readonly passes: number;
  /** How long the CPU time of the server is watched with all connections open, in seconds. */
  readonly seconds: number;
  readonly serverCpu: number;
  /** Where the process runs that holds the connections. */
  readonly loadCpu: number;
}

/** Process memory that an idle connection is to take at most, in bytes. */
export const MEMORY_GOALS: Readonly<Partial<Record<IdleArmName, number>>> = {
  'hioload-transport': 1.2 * 1024,
  net: 5 * 1024,
};

/** CPU time that idle connections are to take at most, in cores. */
export const CPU_GOAL = 0.01;
