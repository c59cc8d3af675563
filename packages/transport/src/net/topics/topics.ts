/* The topics of one transport: its subscribers, and publishing to them. */
import {
  assertSendable,
  assertTopic,
  ConnState,
  Metric,
  type Metrics,
  ownText,
  type PublishResult,
  publishResult,
  type Sendable,
  type SendOptions,
  type Topic,
  type Uplink,
} from '@hioload/api';
import type { FrameEncoder } from '@hioload/protocol';
import type { OutgoingMessage } from '../../message/outgoing-message.js';
import { SharedFrame } from './shared-frame.js';

/** A connection that can be published to. */
export interface Subscriber {
  readonly state: ConnState;
  /**
   * Takes one published message. @returns false where the message is lost; the caller then calls
   * `lose`, once it walks no set of subscribers any more
   */
  deliver(frame: SharedFrame): boolean;
  /** Tells that a message to this connection was lost. */
  lose(bytes: Uint8Array, start: number, end: number, isBinary: boolean): void;
}

/** The parts of the topics. */
export interface TopicsParts {
  readonly metrics: Metrics;
  readonly maxTopicBytes: number;
  readonly outgoing: OutgoingMessage;
  readonly encoder: FrameEncoder;
  /** Absent where the transport stands alone. */
  readonly uplink?: Uplink | undefined;
}

/** The subscribers of one topic, and the text of the topic, which keeps nothing else alive. */
class Audience extends Set<Subscriber> {
  readonly topic: Topic;

  constructor(topic: Topic) {
    super();
    this.topic = topic;
  }
}

/**
 * The subscribers by topic. Topics are compared as strings are, unit by unit, without patterns. A
 * published message is encoded once for all subscribers.
 */
export class Topics {
  readonly #parts: TopicsParts;
  readonly #subscribers = new Map<Topic, Audience>();

  constructor(parts: TopicsParts) {
    this.#parts = parts;
  }

  /**
   * Adds a subscriber that is not subscribed to the topic yet. @returns the text of the topic to
   * keep: one text for all subscribers, and not part of a message
   */
  add(topic: Topic, conn: Subscriber): Topic {
    const known = this.#subscribers.get(topic);
    if (known !== undefined) {
      known.add(conn);
      return known.topic;
    }
    const own = ownText(topic);
    this.#subscribers.set(own, new Audience(own).add(conn));
    this.#parts.uplink?.topicGained(own);
    return own;
  }

  remove(topic: Topic, conn: Subscriber): void {
    const known = this.#subscribers.get(topic);
    if (known === undefined || !known.delete(conn) || known.size > 0) return;
    this.#subscribers.delete(topic);
    this.#parts.uplink?.topicLost(topic);
  }

  removeAll(topics: Iterable<Topic>, conn: Subscriber): void {
    for (const topic of topics) this.remove(topic, conn);
  }

  /** Sends a message to all subscribers of a topic here. @throws HIOLOAD_TOPIC_INVALID */
  publish(topic: Topic, message: Sendable, options: SendOptions | undefined): PublishResult {
    assertTopic(topic, this.#parts.maxTopicBytes);
    return this.#publishHere(null, topic, message, options);
  }

  /**
   * Sends a message of a connection to all other subscribers of a topic here, then to the uplink.
   * @throws HIOLOAD_TOPIC_INVALID
   */
  publishFrom(
    sender: Subscriber,
    topic: Topic,
    message: Sendable,
    options: SendOptions | undefined,
  ): PublishResult {
    const { maxTopicBytes, uplink } = this.#parts;
    assertTopic(topic, maxTopicBytes);
    if (sender.state !== ConnState.Open) return publishResult(0, 0);
    const here = this.#publishHere(sender, topic, message, options);
    if (uplink === undefined) return here;
    const beyond = uplink.publish(topic, message, options);
    return publishResult(here.reactors + beyond.reactors, here.lanesFull + beyond.lanesFull);
  }

  /**
   * Sends a message of another reactor to all subscribers of a topic here. @returns their number
   */
  deliver(topic: Topic, bytes: Uint8Array, start: number, end: number, isBinary: boolean): number {
    const subscribers = this.#subscribers.get(topic);
    if (subscribers === undefined) return 0;
    const receivers = subscribers.size;
    const isEncoded = this.#parts.encoder.message(bytes, start, end, isBinary);
    this.#spread(subscribers, receivers, null, isEncoded, isBinary);
    return receivers;
  }

  /** @param sender gets no copy */
  #publishHere(
    sender: Subscriber | null,
    topic: Topic,
    message: Sendable,
    options: SendOptions | undefined,
  ): PublishResult {
    const subscribers = this.#subscribers.get(topic);
    const receivers =
      subscribers === undefined
        ? 0
        : subscribers.size - (sender !== null && subscribers.has(sender) ? 1 : 0);
    if (subscribers === undefined || receivers === 0) {
      assertSendable(message);
      return publishResult(0, 0);
    }
    const { outgoing, encoder } = this.#parts;
    outgoing.set(message, options);
    const { isBinary } = outgoing;
    const isEncoded = outgoing.encode(encoder);
    outgoing.clear();
    this.#spread(subscribers, receivers, sender, isEncoded, isBinary);
    return publishResult(1, 0);
  }

  #spread(
    subscribers: ReadonlySet<Subscriber>,
    receivers: number,
    sender: Subscriber | null,
    isEncoded: boolean,
    isBinary: boolean,
  ): void {
    const { metrics, encoder } = this.#parts;
    metrics.add(Metric.MessagesOut, receivers);
    const frames = isEncoded ? encoder.take() : undefined;
    if (frames === undefined) {
      // There is no memory for one copy of the message: it is lost for all subscribers.
      metrics.add(Metric.DroppedBufferFull, receivers);
      return;
    }
    const frame = new SharedFrame(frames, isBinary);
    metrics.add(Metric.MessageBytesOut, receivers * (frame.end - frame.payloadStart));
    let losers: Subscriber[] | undefined;
    for (const conn of subscribers) {
      if (conn !== sender && !conn.deliver(frame)) (losers ??= []).push(conn);
    }
    // The losses are told after the walk, because a hook may change the set of subscribers.
    for (const conn of losers ?? [])
      conn.lose(frame.bytes, frame.payloadStart, frame.end, isBinary);
    frame.release();
  }
}
