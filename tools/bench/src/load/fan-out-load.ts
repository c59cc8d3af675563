// The settings of the fan-out load.
import type { Target } from './client-socket.js';
import type { DialectName } from './dialect.js';

/** What the clients of a fan-out do. */
export interface FanOutLoad extends Omit<Target, 'path'> {
  readonly dialect: DialectName;
  /** What stands behind the path of the dialect, such as `?room=1`. */
  readonly query: string;
  readonly subscribers: number;
  readonly payloadBytes: number;
  /** Messages that were sent and that some subscriber has not got yet, at most. */
  readonly inFlight: number;
  /** Threads that have an even share of the subscribers each; the publisher is on the first. */
  readonly threads: number;
}
