// The messages between the publisher and the threads with subscribers.
import type { Region } from '@hioload/pool';
import type { FanOutLoad } from './fan-out-load.js';

/** Whom one thread of a fan-out load plays. */
export interface CrowdPlan {
  readonly load: FanOutLoad;
  /** Number of the thread, from 0. */
  readonly thread: number;
  /** Number of its first subscriber among all. */
  readonly first: number;
  readonly subscribers: number;
  /** Memory of the `FanOutTally` that all threads share. */
  readonly tally: SharedArrayBuffer;
}

/** What a crowd on a thread of its own is started with. */
export interface CrowdSeed {
  readonly plan: CrowdPlan;
  /** Where it rings when its subscribers have got further. */
  readonly bells: Region;
}

/** What such a thread is told. */
export interface CrowdCommand {
  readonly step: 'connect' | 'settle';
  readonly deadlineMs: number;
}

/** What it answers: one report per command, or a fault at any time. */
export type CrowdReport =
  { readonly kind: 'done' } | { readonly kind: 'fault'; readonly message: string };
