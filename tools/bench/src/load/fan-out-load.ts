// The settings of the fan-out load.
import type { Target } from './client-socket.js';
import type { DialectName } from './dialect.js';

/** The work of the clients of a fan-out. */
export interface FanOutLoad extends Omit<Target, 'path'> {
  readonly dialect: DialectName;
  /** The query that follows the path of the dialect, such as `?room=1`. */
  readonly query: string;
  readonly subscribers: number;
  readonly payloadBytes: number;
  /** The most messages that were sent and that some subscriber still lacks. */
  readonly inFlight: number;
  /** The threads. Each has an even share of the subscribers; the publisher is on the first. */
  readonly threads: number;
}
