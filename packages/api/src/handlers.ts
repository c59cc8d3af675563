/** The hooks of an application on its connections. */
import type { WebSocketConn } from './connection.js';
import type { IncomingMessage } from './message.js';
import type { UpgradeDecision, UpgradeRequest } from './upgrade.js';

/**
 * The return value of a hook. The framework only notices a promise that rejects. It ignores any
 * other value, so that `message: (conn, message) => conn.send(message)` is a valid hook.
 */
export type HookResult = unknown;

/**
 * The hooks of an application; each of them is optional. The calls for one connection come in this
 * order: `open`, then any of the others, then `close`, last and exactly once.
 *
 * The framework does not wait for the promise of a hook: the next message may arrive before the
 * promise settles. The message and the ping payload are valid until the first await of the hook. A
 * hook that throws or rejects closes its own connection (1011).
 */
export interface ConnectionHandlers<Data = unknown> {
  /**
   * Decides on a handshake that has passed all checks of the protocol and of the framework,
   * admission included. Without this hook every such handshake is accepted. An answer or an error
   * after `request.signal` was aborted has no effect and is not a fault.
   */
  upgrade?(request: UpgradeRequest): UpgradeDecision<Data> | Promise<UpgradeDecision<Data>>;
  /** The connection is open. */
  open?(conn: WebSocketConn<Data>): HookResult;
  /** A message arrived. It is valid until the hook returns or awaits. */
  message?(conn: WebSocketConn<Data>, message: IncomingMessage): HookResult;
  /** The outbound queue of the connection is short again; `conn.bufferedBytes` tells how short. */
  drain?(conn: WebSocketConn<Data>): HookResult;
  /**
   * A message to this connection was lost, because the outbound queue is full. `message` is the
   * lost message. The hook runs before the call of `send` returns; for a published message it runs
   * by the end of the turn. Under the policy `close` the connection is `closing`, and is cut after
   * the hook. Drops caused inside this hook do not call it again: check the returned status.
   */
  dropped?(conn: WebSocketConn<Data>, message: IncomingMessage): HookResult;
  /**
   * A ping arrived. The framework sends the pong. The payload is valid until the hook returns or
   * awaits.
   */
  ping?(conn: WebSocketConn<Data>, payload: Uint8Array): HookResult;
  /** A pong arrived. The payload is valid until the hook returns or awaits. */
  pong?(conn: WebSocketConn<Data>, payload: Uint8Array): HookResult;
  /**
   * The connection has ended. The code and the reason come from the side that closed first: the
   * arguments of `end`, the content of the peer's close frame, or the code of the rule that was
   * broken. The code is 1006 if the connection was lost or cut without a close frame, and 1005 if
   * the peer's close frame held no code.
   */
  close?(conn: WebSocketConn<Data>, code: number, reason: string): HookResult;
}
