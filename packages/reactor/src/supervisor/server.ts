/** The contract of a server: the object that `createServer` returns. */
import type { PublishResult, Sendable, SendOptions, Topic } from '@hioload/api';
import type { ServerState } from './status.js';

/** The addresses of a server that is ready. */
export interface ServerAddress {
  /** The URL of the server; `null` if the network of the transport has no ports. */
  readonly url: string | null;
  /** `null` if the server has no admin pages. */
  readonly adminUrl: string | null;
  /** The port; 0 if the network of the transport has no ports. */
  readonly port: number;
}

/** The result of a drain. */
export interface DrainOutcome {
  /** The number of connections that the server cut, because they were open at the deadline. */
  readonly cut: number;
  /**
   * Reactors whose threads did not end. A normal exit of the process would then abort: kill the
   * process.
   */
  readonly stuck: readonly number[];
}

/** How a server drains. */
export interface DrainWish {
  /**
   * Whether the admin pages close at once. By default they stay until the end, and `/readyz` tells
   * that the server drains. A server that the next one replaces at once gives the port up first.
   */
  readonly closeAdmin?: boolean;
}

/** A WebSocket server on several reactors. */
export interface Server extends AsyncDisposable {
  readonly state: ServerState;
  /**
   * Reactors with a thread that has not ended. If there are any after a failed start, kill the
   * process.
   */
  readonly stuck: readonly number[];
  /**
   * Starts all reactors. Resolves when every reactor is ready. Call it once.
   * @throws HIOLOAD_MODULE_*, HIOLOAD_PORT_IN_USE, HIOLOAD_ADDRESS_UNAVAILABLE,
   * HIOLOAD_PLACEMENT_IMPOSSIBLE, HIOLOAD_TRANSPORT_UNAVAILABLE, HIOLOAD_AFFINITY_FAILED,
   * HIOLOAD_REACTOR_START_* (as a rejection); no reactor serves then
   */
  start(): Promise<ServerAddress>;
  /**
   * Sends a message to every subscriber of a topic, on every reactor. Before the server is ready,
   * nobody receives the message. The rules of order and loss are the rules of the `Bus`.
   * @throws HIOLOAD_TOPIC_INVALID
   */
  publish(topic: Topic, message: Sendable, options?: SendOptions): PublishResult;
  /**
   * Refuses new connections, closes the open ones with 1001, and ends the reactors. Resolves when
   * all connections and reactors have ended, or the deadline has passed. A second call returns the
   * promise of the first.
   * @param reason the reason that the log shows; default: `asked for`
   */
  drain(reason?: string, wish?: DrainWish): Promise<DrainOutcome>;
  /** Drains the server, so that `await using` ends it in every case. */
  [Symbol.asyncDispose](): Promise<void>;
}
