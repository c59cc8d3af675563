/** The contract of a reactor, and the parts that a reactor is made from. */
import type { AppContext, AppDefinition } from './app.js';
import type { ConnId } from './connection.js';
import type { ListenAddress, Transport } from './transport.js';

/**
 * The state of a reactor. `starting`: it does not listen yet. `ready`: it accepts connections.
 * `draining`: it accepts no connections, and closes those that it has. `stopped`: it has ended.
 * `failed`: it has ended with an error; the supervisor replaces it. A reactor can fail in any
 * state.
 */
export const ReactorState = {
  Starting: 'starting',
  Ready: 'ready',
  Draining: 'draining',
  Stopped: 'stopped',
  Failed: 'failed',
} as const;
export type ReactorState = (typeof ReactorState)[keyof typeof ReactorState];

/** How a reactor closes its connections when it drains. */
export interface DrainOptions {
  /** The close code that peers see. */
  readonly code: number;
  /** The close reason that peers see; at most 123 bytes of UTF-8. */
  readonly reason: string;
  /**
   * The time over which the reactor spreads the closes, in milliseconds. The clients then do not
   * all connect again at once.
   */
  readonly spreadMs: number;
  /**
   * The time after which the open connections are cut, in milliseconds; at least `spreadMs`.
   */
  readonly deadlineMs: number;
}

/** One event loop, with its transport and its connections. */
export interface Reactor {
  /** The number of the reactor, from 0. */
  readonly index: number;
  readonly state: ReactorState;
  /**
   * Starts to accept connections. Resolves with the port that `Transport.listen` resolved with: 0
   * if the network has no ports. May be called once.
   * @throws the error of the application or of the transport (as a rejection)
   */
  start(): Promise<number>;
  /**
   * Stops accepting connections, and closes those that are open. Resolves when the last connection
   * has closed, or when the deadline has passed. Idempotent: later calls join the first one.
   */
  drain(options: DrainOptions): Promise<void>;
  /** Cuts the connections that are left, and frees the parts. Idempotent. */
  stop(): Promise<void>;
}

/** The parts that a reactor is made from. They belong to the thread of the reactor. */
export interface ReactorParts {
  /** The application. The reactor calls its `start` and `stop` hooks. */
  readonly app: AppDefinition;
  /** The argument of the `start` and `stop` hooks. */
  readonly context: AppContext;
  /** The transport, which does not listen yet. Its handlers are those of the application. */
  readonly transport: Transport;
  /** The address to listen on. Port 0 takes any free port, which the other reactors then share. */
  readonly address: ListenAddress;
}

/**
 * Makes the reactor of the calling thread. The thread calls `start` once, `drain` before a shutdown
 * or a replacement, and `stop` at the end. Before the call of `drain`, the thread stops admitting
 * handshakes. When `stop` has settled, the thread closes the transport and ends. `createServer({
 * reactorModule })` names a module whose default export is such a function.
 */
export type ReactorFactory = (parts: ReactorParts) => Reactor | Promise<Reactor>;

/**
 * The number of low bits of a connection id that count the connections of one reactor, including
 * those of its replacements. The bits above are the number of the reactor.
 */
export const CONN_SEQUENCE_BITS = 43;

/** The reactor that a connection lives on. */
export function reactorOf(id: ConnId): number {
  return Math.floor(id / 2 ** CONN_SEQUENCE_BITS);
}
