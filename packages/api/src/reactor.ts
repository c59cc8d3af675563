import type { ConnId } from './connection.js';

/**
 * `starting` until it listens, `ready` while it accepts, `draining` when it no longer accepts and
 * its connections are being closed, `stopped` for good. A reactor that fails goes to `failed` from
 * any state and is replaced.
 */
export const ReactorState = {
  Starting: 'starting',
  Ready: 'ready',
  Draining: 'draining',
  Stopped: 'stopped',
  Failed: 'failed',
} as const;
export type ReactorState = (typeof ReactorState)[keyof typeof ReactorState];

/** How a reactor lets go of its connections. */
export interface DrainOptions {
  /** Close code that peers see. */
  readonly code: number;
  readonly reason: string;
  /**
   * Time over which the closes are spread, in milliseconds, so that clients do not all come back at
   * once.
   */
  readonly spreadMs: number;
  /** Time after which whoever is left is cut, in milliseconds; at least `spreadMs`. */
  readonly deadlineMs: number;
}

/** One event loop that owns a transport and its connections. */
export interface Reactor {
  readonly index: number;
  readonly state: ReactorState;
  /**
   * Starts to accept and resolves with the port; once only. @throws what the application or the
   * transport rejects with
   */
  start(): Promise<number>;
  /**
   * Stops to accept and closes the connections; resolves when the last has gone. Idempotent: later
   * calls join the first.
   */
  drain(options: DrainOptions): Promise<void>;
  /** Cuts what is left and frees everything. Idempotent. */
  stop(): Promise<void>;
}

/**
 * Bits of a connection id below those of its reactor: sequence numbers of one reactor, its
 * replacements included.
 */
export const CONN_SEQUENCE_BITS = 43;

/** The reactor that a connection lives on. */
export function reactorOf(id: ConnId): number {
  return Math.floor(id / 2 ** CONN_SEQUENCE_BITS);
}
