import type { Bytes, Sendable } from './bytes.js';
import type { PublishResult } from './publish-result.js';

declare const connIdBrand: unique symbol;

/**
 * Identifies a connection among all reactors of a process, for as long as the process lives; never
 * reused, never 0.
 */
export type ConnId = number & { readonly [connIdBrand]: true };

/**
 * A topic of publish and subscribe: 1 to `maxTopicBytes` bytes of UTF-8, compared byte by byte. A
 * string with half a surrogate pair, which has no form in UTF-8, is none.
 */
export type Topic = string;

/**
 * `open`: messages flow. `closing`: the close frame is out or a cut is under way. `closed`: gone.
 */
export const ConnState = { Open: 'open', Closing: 'closing', Closed: 'closed' } as const;
export type ConnState = (typeof ConnState)[keyof typeof ConnState];

/**
 * What became of a message. `Sent`: handed to the kernel, or to the cork that wraps the call.
 * `Buffered`: accepted, queued behind a slow peer; `drain` tells when the queue is short again.
 * `Dropped`: the queue is full and the message is lost; under the policy `close` the connection
 * goes with it. `Closed`: the connection is no more.
 */
export const SendStatus = {
  Sent: 'sent',
  Buffered: 'buffered',
  Dropped: 'dropped',
  Closed: 'closed',
} as const;
export type SendStatus = (typeof SendStatus)[keyof typeof SendStatus];

export interface SendOptions {
  /**
   * Sends bytes as text (false) or a string as binary (true); by default a string is text and bytes
   * are binary.
   */
  readonly binary?: boolean;
}

/**
 * One WebSocket connection, valid from `open` to the end of `close`. Later calls are harmless and
 * answer `Closed` or false.
 */
export interface WebSocketConn<Data = unknown> {
  readonly id: ConnId;
  /** What the upgrade hook attached; `undefined` without a hook. */
  readonly data: Data;
  /**
   * Numeric address of the peer; an IPv4 peer of an IPv6 socket in dotted form; empty for a Unix
   * socket.
   */
  readonly remoteAddress: string;
  /** The subprotocol agreed upon, or the empty string (RFC 6455 section 1.9). */
  readonly protocol: string;
  /** Bytes queued behind a slow peer, not counting what the kernel holds. 0 once closed. */
  readonly bufferedBytes: number;
  readonly state: ConnState;

  /** Sends one message. Never throws on a dead peer. The bytes are yours again when it returns. */
  send(message: Sendable, options?: SendOptions): SendStatus;

  /**
   * Sends a ping (RFC 6455 section 5.5.2). @throws HIOLOAD_CONTROL_PAYLOAD_TOO_LONG above 125 bytes
   */
  ping(payload?: string | Bytes): SendStatus;

  /**
   * Subscribes to a topic. True when subscribed, already or newly; false when the connection is
   * closed or has `maxSubscriptions` topics. @throws HIOLOAD_TOPIC_INVALID
   */
  subscribe(topic: Topic): boolean;
  /**
   * True when it was subscribed. All subscriptions end with the connection. @throws
   * HIOLOAD_TOPIC_INVALID
   */
  unsubscribe(topic: Topic): boolean;
  /** Whether it is subscribed. @throws HIOLOAD_TOPIC_INVALID */
  isSubscribed(topic: Topic): boolean;
  /**
   * Sends a message to every other subscriber of a topic, on every reactor, not to this connection.
   * @throws HIOLOAD_TOPIC_INVALID
   */
  publish(topic: Topic, message: Sendable, options?: SendOptions): PublishResult;

  /**
   * Runs `work`, on a closed connection too, and writes all it sends to this connection at once.
   * What `work` throws is thrown on. Handlers of the connection are corked already.
   */
  cork(work: () => void): void;

  /**
   * Starts the close handshake (RFC 6455 section 7.1.2); idempotent. The `close` handler may run
   * before it returns.
   * @param code 1000 unless given @param reason at most 123 bytes of UTF-8
   * @throws HIOLOAD_CLOSE_CODE_INVALID, HIOLOAD_CLOSE_REASON_TOO_LONG
   */
  end(code?: number, reason?: string): void;
  /**
   * Cuts the connection without a close frame; idempotent. The `close` handler may run before it
   * returns.
   */
  terminate(): void;
}
