import type { WebSocketConn } from './connection.js';
import type { IncomingMessage } from './message.js';
import type { UpgradeDecision, UpgradeRequest } from './upgrade.js';

/**
 * What an application does on its connections; every hook is optional. The calls of one connection come in order:
 * `open`, then any of the others, `close` last and exactly once.
 *
 * A hook that returns a promise is not awaited: the next message may arrive before it settles, and what it borrowed
 * (message, ping payload) ended at its first await. A hook that throws or rejects costs its own connection (1011).
 */
export interface ConnectionHandlers<Data = unknown> {
  /** Decides on a handshake that passed the protocol's and the framework's checks. Accepts all where absent. */
  upgrade?(request: UpgradeRequest): UpgradeDecision<Data> | Promise<UpgradeDecision<Data>>;
  open?(conn: WebSocketConn<Data>): void | Promise<void>;
  message?(conn: WebSocketConn<Data>, message: IncomingMessage): void | Promise<void>;
  /** The outbound queue became short again: look at `conn.bufferedBytes`. */
  drain?(conn: WebSocketConn<Data>): void | Promise<void>;
  /** A message to this connection was lost because its outbound queue is full; `message` is the lost one. */
  dropped?(conn: WebSocketConn<Data>, message: IncomingMessage): void | Promise<void>;
  /** A ping arrived; the pong goes out by itself. The payload is valid until the hook returns or awaits. */
  ping?(conn: WebSocketConn<Data>, payload: Uint8Array): void | Promise<void>;
  /** A pong arrived. The payload is valid until the hook returns or awaits. */
  pong?(conn: WebSocketConn<Data>, payload: Uint8Array): void | Promise<void>;
  /** The connection ended. 1006 where it was lost without a close frame, 1005 where the frame held no code. */
  close?(conn: WebSocketConn<Data>, code: number, reason: string): void | Promise<void>;
}
