/** Publish and subscribe across all reactors of a server. */
import type { Sendable } from './bytes.js';
import type { ConnId, SendOptions, SendStatus, Topic } from './connection.js';
import type { IncomingMessage } from './message.js';
import type { PublishResult } from './publish-result.js';

/**
 * A function of the application that is called with each message of a topic. The message is valid
 * until the listener returns or awaits, as in a `message` handler. The listener must not change the
 * bytes: other reactors read the same memory. An error of the listener is logged and counted, and
 * has no other effect.
 */
export type TopicListener = (topic: Topic, message: IncomingMessage) => unknown;

/** The subscription of one listener. */
export interface Subscription extends Disposable {
  /** Ends the subscription: the listener is not called again. Idempotent. */
  unsubscribe(): void;
}

/**
 * Publish and subscribe across all reactors of the server, as one reactor sees it.
 *
 * **Order.** The messages that one reactor publishes to one topic arrive at every subscriber in the
 * order of the calls. Messages of two publishers have no order. A listener may publish to its own
 * topic. This new message is delivered at once: the listeners after it get the new message first,
 * and the message that caused it second.
 *
 * **Loss.** A message arrives at most once. The bus never waits for a slow reader, and loses the
 * message instead:
 *
 * - for one reactor, if the lane to it is full (the result and a counter tell), or if the reactor
 *   ends before it has read the message;
 * - for all other reactors, if the message is longer than the bus carries, or if it is too long for
 *   a lane and the slab has no free block. `lanesFull` of the result counts these reactors too.
 *
 * A reactor that lags or stands still does not harm the others. Its unread long messages keep their
 * blocks, but a reader keeps no more blocks of one size than are left, or two. The next long
 * message is lost for this reader as if its lane were full, unless the lane itself can take the
 * message.
 *
 * **When.** A subscriber gets every message that any reactor begins to publish after `subscribe`
 * has returned.
 */
export interface Bus {
  /**
   * Sends a message to every subscriber of a topic, on every reactor. The subscribers of this
   * reactor get the message before the call returns. The caller may change the bytes when the call
   * has returned.
   * @throws HIOLOAD_TOPIC_INVALID
   */
  publish(topic: Topic, message: Sendable, options?: SendOptions): PublishResult;

  /**
   * Sends a message to one connection, on any reactor.
   * @returns For a connection of this reactor: the answer of its own `send`. For a connection of
   *   another reactor: `Sent` if the lane took the message (that reactor drops it if the connection
   *   has closed by then); `Dropped` if the lane is full, or if the message is too long for the bus
   *   or for the free blocks of the slab. `Closed` if no connection has this id.
   */
  send(id: ConnId, message: Sendable, options?: SendOptions): SendStatus;

  /**
   * Starts the close handshake of one connection, on any reactor (RFC 6455 section 7.1.2).
   * @param code the close code; default: 1000
   * @param reason at most 123 bytes of UTF-8
   * @returns `Sent`, `Dropped` or `Closed`, as `send` does
   * @throws HIOLOAD_CLOSE_CODE_INVALID, HIOLOAD_CLOSE_REASON_TOO_LONG
   */
  end(id: ConnId, code?: number, reason?: string): SendStatus;

  /**
   * Calls `listener` with each message that any reactor publishes to a topic. For a message of this
   * reactor the call happens before `publish` returns. A listener is not a connection: a
   * `PublishResult` counts the publishing reactor only if a connection of it is subscribed.
   * @throws HIOLOAD_TOPIC_INVALID
   */
  subscribe(topic: Topic, listener: TopicListener): Subscription;
}
