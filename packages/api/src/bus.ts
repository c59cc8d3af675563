import type { Sendable } from './bytes.js';
import type { ConnId, SendOptions, SendStatus, Topic } from './connection.js';
import type { IncomingMessage } from './message.js';
import type { PublishResult } from './publish-result.js';

/**
 * Hears what is published to a topic. The message is valid until it returns or awaits, as in a
 * `message` handler. What it throws or rejects with is logged and counted, and costs nothing else.
 * Its bytes are to be read only: other reactors read the same memory.
 */
export type TopicListener = (topic: Topic, message: IncomingMessage) => unknown;

/** A subscription of the application itself. */
export interface Subscription extends Disposable {
  /** Ends it: the listener is not called again. Idempotent. */
  unsubscribe(): void;
}

/**
 * Publish and subscribe across all reactors of the process, as one of them sees it.
 *
 * **Order.** What one reactor publishes to one topic arrives in that order at every subscriber.
 * Between publishers there is no order. A listener that publishes to the topic that it hears is
 * heard at once: by the listeners behind it sooner than what it heard.
 *
 * **Loss.** At most once. A message is lost for one reactor where the lane to it is full, which the
 * result tells and a counter by sender and receiver counts, and where that reactor dies before it
 * has read its lane. It is lost for all others where it is longer than the bus carries, or too long
 * for a lane while the slab has no block for it; `lanesFull` of the result counts these reactors
 * too. It never waits for a slow reader. One that lags or stands still costs the others nothing:
 * long messages that it has not read keep their blocks, but of each size no more than are left, or
 * two. One more is lost for it as if the lane were full, unless the lane takes it.
 *
 * **When.** A subscriber hears all that any reactor begins to publish after `subscribe` has
 * returned, on whatever reactor that was.
 */
export interface Bus {
  /**
   * Sends a message to every subscriber of a topic, on every reactor; to those of this one before
   * it returns. Bytes are yours again when it returns. @throws HIOLOAD_TOPIC_INVALID
   */
  publish(topic: Topic, message: Sendable, options?: SendOptions): PublishResult;

  /**
   * Sends a message to one connection, on whatever reactor it lives.
   * @returns of a connection of this reactor what its own `send` says; of any other `Sent` where
   *   its reactor has been handed it, which drops it where the connection is gone by then;
   *   `Dropped` where the lane to that reactor is full, or the message too long for the bus or for
   *   what its slab has left; `Closed` where there is no such connection
   */
  send(id: ConnId, message: Sendable, options?: SendOptions): SendStatus;

  /**
   * Starts the close handshake of one connection, on whatever reactor it lives (RFC 6455 section
   * 7.1.2).
   * @param code 1000 unless given @param reason at most 123 bytes of UTF-8
   * @returns `Sent`, `Dropped` or `Closed`, as `send` does
   * @throws HIOLOAD_CLOSE_CODE_INVALID, HIOLOAD_CLOSE_REASON_TOO_LONG
   */
  end(id: ConnId, code?: number, reason?: string): SendStatus;

  /**
   * Has `listener` called with whatever is published to a topic, by this reactor too, and then
   * before `publish` returns. It is no connection: a `PublishResult` counts the publishing reactor
   * for its connections only.
   * @throws HIOLOAD_TOPIC_INVALID
   */
  subscribe(topic: Topic, listener: TopicListener): Subscription;
}
