/** A WebSocket connection, as an application uses it. */
import type { Bytes, Sendable } from './bytes.js';
import type { PublishResult } from './publish-result.js';

declare const connIdBrand: unique symbol;

/**
 * The id of a connection. It is unique among all reactors of a server as long as the process lives.
 * An id is never 0, and is never used again.
 */
export type ConnId = number & { readonly [connIdBrand]: true };

/**
 * The name of a topic: 1 to `maxTopicBytes` bytes of UTF-8. Topics are compared byte by byte. A
 * string with half a surrogate pair is not a topic, because it has no form in UTF-8.
 */
export type Topic = string;

/**
 * The state of a connection. `open`: messages flow. `closing`: the close frame is sent, or the
 * connection is about to be cut. `closed`: the connection has ended.
 */
export const ConnState = { Open: 'open', Closing: 'closing', Closed: 'closed' } as const;
export type ConnState = (typeof ConnState)[keyof typeof ConnState];

/**
 * The outcome of sending a message.
 *
 * - `Sent`: the message went to the kernel, or into the cork that wraps the call.
 * - `Buffered`: the message is accepted, and waits in the outbound queue behind a slow peer. The
 *   hook `drain` runs when the queue is short again.
 * - `Dropped`: the outbound queue is full, and the message is lost. Under the policy `close` the
 *   connection is cut too.
 * - `Closed`: the connection has closed, and the message is lost.
 */
export const SendStatus = {
  Sent: 'sent',
  Buffered: 'buffered',
  Dropped: 'dropped',
  Closed: 'closed',
} as const;
export type SendStatus = (typeof SendStatus)[keyof typeof SendStatus];

/** How a message is sent. */
export interface SendOptions {
  /**
   * Whether the message is binary. Default: a string is text, bytes are binary. `false` sends bytes
   * as text, and `true` sends a string as binary.
   */
  readonly binary?: boolean;
}

/**
 * One WebSocket connection, from the `open` hook to the end of the `close` hook. Calls after that
 * have no effect, and answer `Closed` or false.
 */
export interface WebSocketConn<Data = unknown> {
  readonly id: ConnId;
  /** The data that the upgrade hook attached; `undefined` without an upgrade hook. */
  readonly data: Data;
  /**
   * The numeric address of the peer. An IPv4 peer has the dotted form, also on an IPv6 socket. A
   * peer on a Unix socket has the empty string.
   */
  readonly remoteAddress: string;
  /** The subprotocol of the connection, or the empty string (RFC 6455 section 1.9). */
  readonly protocol: string;
  /**
   * Bytes in the outbound queue, which wait for a slow peer. Bytes that the kernel holds do not
   * count. 0 once the connection has closed.
   */
  readonly bufferedBytes: number;
  readonly state: ConnState;

  /**
   * Sends one message. Never throws because of the peer. The caller may change the bytes when the
   * call has returned.
   */
  send(message: Sendable, options?: SendOptions): SendStatus;

  /**
   * Sends a ping (RFC 6455 section 5.5.2).
   * @param payload at most 125 bytes
   * @throws HIOLOAD_CONTROL_PAYLOAD_TOO_LONG
   */
  ping(payload?: string | Bytes): SendStatus;

  /**
   * Subscribes the connection to a topic.
   * @returns true if the connection is subscribed now, or was before; false if it has closed, or if
   * it already has `maxSubscriptions` topics, or if there is no memory for one more (net only)
   * @throws HIOLOAD_TOPIC_INVALID
   */
  subscribe(topic: Topic): boolean;
  /**
   * Ends the subscription to a topic. All subscriptions end with the connection.
   * @returns whether the connection was subscribed
   * @throws HIOLOAD_TOPIC_INVALID
   */
  unsubscribe(topic: Topic): boolean;
  /** Whether the connection is subscribed to a topic. @throws HIOLOAD_TOPIC_INVALID */
  isSubscribed(topic: Topic): boolean;
  /**
   * Sends a message to every subscriber of a topic, on every reactor, except to this connection.
   * @throws HIOLOAD_TOPIC_INVALID
   */
  publish(topic: Topic, message: Sendable, options?: SendOptions): PublishResult;

  /**
   * Runs `work`, and then writes all messages that `work` sent to this connection in one go. `work`
   * runs on a closed connection too. An error of `work` is thrown again; a promise of `work`
   * that rejects closes the connection, as that of a hook does. The handlers of the connection run
   * in a cork already.
   * @throws HIOLOAD_OPTION_INVALID where `work` is no function
   */
  cork(work: () => unknown): void;

  /**
   * Starts the close handshake (RFC 6455 section 7.1.2). Idempotent. The `close` hook may run
   * before the call returns.
   * @param code the close code; default: 1000
   * @param reason at most 123 bytes of UTF-8
   * @throws HIOLOAD_CLOSE_CODE_INVALID, HIOLOAD_CLOSE_REASON_TOO_LONG
   */
  end(code?: number, reason?: string): void;
  /**
   * Cuts the connection without a close frame. Idempotent. The `close` hook may run before the call
   * returns.
   */
  terminate(): void;
}
