// The messages between the publisher and the threads with subscribers.
import type { Region } from '@hioload/pool';
import type { FanOutLoad } from './fan-out-load.js';

/** The subscribers that one thread of a fan-out load plays. */
export interface CrowdPlan {
  readonly load: FanOutLoad;
  /** Number of the thread, from 0. */
  readonly thread: number;
  /** Number of the first subscriber of this thread among all subscribers. */
  readonly first: number;
  readonly subscribers: number;
  /** Memory of the `FanOutTally` that all threads share. */
  readonly tally: SharedArrayBuffer;
}

/** The start values of a crowd on a thread of its own. */
export interface CrowdSeed {
  readonly plan: CrowdPlan;
  /** The bell that the thread rings when its subscribers have got more messages. */
  readonly bells: Region;
}

/** A command to such a thread. */
export interface CrowdCommand {
  readonly step: 'connect' | 'settle';
  readonly deadlineMs: number;
}

/** An answer of such a thread: one report per command, or a fault at any time. */
export type CrowdReport =
  { readonly kind: 'done' } | { readonly kind: 'fault'; readonly message: string };
