// What drives one event loop: the contract of a reactor, and what a reactor is made from.
import type { AppContext, AppDefinition } from './app.js';
import type { ConnId } from './connection.js';
import type { ListenAddress, Transport } from './transport.js';

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

/** What a reactor is made from. All of it belongs to the thread of the reactor. */
export interface ReactorParts {
  /** The application: its `start` and `stop` hooks are the reactor's to call. */
  readonly app: AppDefinition;
  /** What the hooks of the application are called with. */
  readonly context: AppContext;
  /** The transport, which accepts nothing yet. Its handlers are those of the application. */
  readonly transport: Transport;
  /** Where to listen. Port 0 takes a free port, which the other reactors join. */
  readonly address: ListenAddress;
}

/**
 * Makes the reactor of the calling thread, which then drives it: `start` once; `drain` before a
 * shutdown or a replacement; `stop` at the end. `createServer({ reactorModule })` names a module
 * whose default export is such a function. When `drain` is called, no handshake is admitted any
 * more. When `stop` has settled, the thread closes the transport and ends.
 */
export type ReactorFactory = (parts: ReactorParts) => Reactor | Promise<Reactor>;

/**
 * Bits of a connection id below those of its reactor: sequence numbers of one reactor, its
 * replacements included.
 */
export const CONN_SEQUENCE_BITS = 43;

/** The reactor that a connection lives on. */
export function reactorOf(id: ConnId): number {
  return Math.floor(id / 2 ** CONN_SEQUENCE_BITS);
}
