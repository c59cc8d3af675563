import type { Sendable } from './bytes.js';
import type { SendOptions, Topic } from './connection.js';
import type { PublishResult } from './publish-result.js';

/**
 * What lies beyond one transport: the other reactors. A transport that has one tells it of its
 * topics and hands it what its connections publish; topics have been checked by then. Belongs to
 * the thread of the transport. Must not throw.
 */
export interface Uplink {
  /** The first local subscriber of a topic has come. Called before its `subscribe` returns. */
  topicGained(topic: Topic): void;
  /**
   * The last local subscriber of a topic has gone: it unsubscribed, or its connection ended, and
   * then before its `close` hook runs. Exactly once per `topicGained`.
   */
  topicLost(topic: Topic): void;
  /**
   * Takes what a connection published, once the local subscribers have it. `message` is valid
   * during the call. Counts other reactors only.
   */
  publish(topic: Topic, message: Sendable, options: SendOptions | undefined): PublishResult;
}
