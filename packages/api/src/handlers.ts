import type { WebSocketConn } from './connection.js';
import type { IncomingMessage } from './message.js';
import type { UpgradeDecision, UpgradeRequest } from './upgrade.js';

/**
 * What a hook returns: of a promise, the framework hears whether it rejects; everything else is
 * ignored, so that `message: (conn, message) => conn.send(message)` is a hook.
 */
export type HookResult = unknown;

/**
 * What an application does on its connections; every hook is optional. The calls of one connection
 * come in order: `open`, then any of the others, `close` last and exactly once.
 *
 * A hook that returns a promise is not awaited: the next message may arrive before it settles, and
 * what it borrowed (message, ping payload) ended at its first await. A hook that throws or rejects
 * costs its own connection (1011).
 */
export interface ConnectionHandlers<Data = unknown> {
  /**
   * Decides on a handshake that passed the protocol's and the framework's checks, admission
   * included. Accepts all where absent. What it answers or throws after `request.signal` was
   * aborted changes nothing and is no fault.
   */
  upgrade?(request: UpgradeRequest): UpgradeDecision<Data> | Promise<UpgradeDecision<Data>>;
  open?(conn: WebSocketConn<Data>): HookResult;
  message?(conn: WebSocketConn<Data>, message: IncomingMessage): HookResult;
  /** The outbound queue became short again: look at `conn.bufferedBytes`. */
  drain?(conn: WebSocketConn<Data>): HookResult;
  /**
   * A message to this connection was lost because its outbound queue is full; `message` is the lost
   * one. Runs before the `send` that lost it returns, for a published message at the latest at the
   * end of the turn; under the policy `close` the connection is `closing` then and cut afterwards.
   * It is not called for what it loses itself: there the status has to do.
   */
  dropped?(conn: WebSocketConn<Data>, message: IncomingMessage): HookResult;
  /**
   * A ping arrived; the pong goes out by itself. The payload is valid until the hook returns or
   * awaits.
   */
  ping?(conn: WebSocketConn<Data>, payload: Uint8Array): HookResult;
  /** A pong arrived. The payload is valid until the hook returns or awaits. */
  pong?(conn: WebSocketConn<Data>, payload: Uint8Array): HookResult;
  /**
   * The connection ended. Code and reason are those of whichever side closed first: what was given
   * to `end`, what the peer's frame held, or the code of the rule that was broken. 1006 where the
   * connection was lost or cut without a close frame, 1005 where the peer's frame held no code.
   */
  close?(conn: WebSocketConn<Data>, code: number, reason: string): HookResult;
}
