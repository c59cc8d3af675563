/** The way from a transport to the other reactors. */
import type { Sendable } from './bytes.js';
import type { SendOptions, Topic } from './connection.js';
import type { PublishResult } from './publish-result.js';

/**
 * The way from one transport to the other reactors. The transport tells the uplink which topics
 * have local subscribers, and hands it the messages that its connections publish. The transport has
 * checked the topics before. The uplink belongs to the thread of the transport. Its methods must
 * not throw.
 */
export interface Uplink {
  /** A topic has its first local subscriber. Called before the `subscribe` of it returns. */
  topicGained(topic: Topic): void;
  /**
   * A topic has lost its last local subscriber: it has unsubscribed, or its connection has ended.
   * In the second case the call comes before the `close` hook. Exactly once per `topicGained`.
   */
  topicLost(topic: Topic): void;
  /**
   * Takes a message that a connection published. The local subscribers have it already. `message`
   * is valid during the call. The result counts the other reactors only.
   */
  publish(topic: Topic, message: Sendable, options: SendOptions | undefined): PublishResult;
}
