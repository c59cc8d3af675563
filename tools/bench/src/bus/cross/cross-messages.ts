/** The ways for messages from one reactor to the other. */
export const CROSS_CHANNELS = ['bus', 'BroadcastChannel'] as const;
export type CrossChannel = (typeof CROSS_CHANNELS)[number];

/** The plan of one pass, for its process and its reactors. */
export interface CrossPlan {
  readonly channel: CrossChannel;
  /**
   * `throughput` sends as many messages as possible. `latency` sends them one by one, with a pause
   * before each message that counts.
   */
  readonly kind: 'throughput' | 'latency';
  /** How reactors wait for records. */
  readonly loop: 'spin' | 'park';
  readonly messageBytes: number;
  /** Messages that warm up, before those that count. */
  readonly warmUp: number;
  /** All messages, including those that warm up. */
  readonly messages: number;
}

/** The measurement of the reading reactor. */
export type CrossResult =
  | { readonly kind: 'throughput'; readonly messagesPerSecond: number }
  | { readonly kind: 'latency'; readonly medianNs: number; readonly p99Ns: number }
  | { readonly kind: 'fault'; readonly message: string };

/** The report of the process of a pass. */
export type CrossReport = CrossResult & {
  /** Share of the time that its busiest thread was ready to run and waited for a CPU, 0..1. */
  readonly waitedShare: number;
};

/** The messages between the threads of a pass. */
export type CrossControl =
  | CrossResult
  /** From the main thread: both reactors are ready. */
  | { readonly kind: 'go' }
  /** From the reading reactor: so many messages of the rival have come. */
  | { readonly kind: 'read'; readonly count: number };

/** The environment variable in which the reactors of a pass find the plan. */
export const PLAN_VARIABLE = 'BENCH_CROSS_PLAN';

/** The channel on which the threads of a pass control each other. */
export const CONTROL_CHANNEL = 'bench-cross-control';
/** The channel over which the rival carries its messages. */
export const RIVAL_CHANNEL = 'bench-cross-messages';
