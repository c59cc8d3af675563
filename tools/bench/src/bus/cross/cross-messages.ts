/** What carries messages from one reactor to the other. */
export const CROSS_CHANNELS = ['bus', 'BroadcastChannel'] as const;
export type CrossChannel = (typeof CROSS_CHANNELS)[number];

/** What one pass does, as its process and its reactors are told. */
export interface CrossPlan {
  readonly channel: CrossChannel;
  /**
   * `throughput`: as many as possible; `latency`: one by one, with a pause before each that counts.
   */
  readonly kind: 'throughput' | 'latency';
  /** How reactors wait for each other. */
  readonly loop: 'spin' | 'park';
  readonly messageBytes: number;
  /** Messages that warm up, before those that count. */
  readonly warmUp: number;
  /** All of them. */
  readonly messages: number;
}

/** What the reading reactor found. */
export type CrossResult =
  | { readonly kind: 'throughput'; readonly messagesPerSecond: number }
  | { readonly kind: 'latency'; readonly medianNs: number; readonly p99Ns: number }
  | { readonly kind: 'fault'; readonly message: string };

/** What the process of a pass reports. */
export type CrossReport = CrossResult & {
  /** Share of the time that its busiest thread wanted to run and had to wait for a CPU, 0..1. */
  readonly waitedShare: number;
};

/** What the threads of a pass say to each other. */
export type CrossControl =
  | CrossResult
  /** The main thread: both reactors are ready. */
  | { readonly kind: 'go' }
  /** The reading reactor: so many messages of the rival have come. */
  | { readonly kind: 'read'; readonly count: number };

/** The environment of a pass, where its reactors find the plan. */
export const PLAN_VARIABLE = 'BENCH_CROSS_PLAN';

/** Where the threads of a pass say it. */
export const CONTROL_CHANNEL = 'bench-cross-control';
/** The rival carries its messages over this one. */
export const RIVAL_CHANNEL = 'bench-cross-messages';
