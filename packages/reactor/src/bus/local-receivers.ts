/* The receivers of the bus on one reactor: the connections of its transport and its listeners. */
import {
  type ConnId,
  type InterestWriter,
  Metric,
  type Metrics,
  type SendOptions,
  type Subscription,
  type Topic,
  type TopicListener,
  type Transport,
} from '@hioload/api';
import { topicHash } from '@hioload/pool';
import type { OutgoingMessage } from '@hioload/transport/message';
import type { RecordReceiver } from './inbox.js';
import { TopicListeners } from './topic-listeners.js';

const AS_TEXT: SendOptions = { binary: false };
const AS_BINARY: SendOptions = { binary: true };

/**
 * The receivers of one reactor. They tell the interest map which topics they want, and take what
 * comes out of the lanes.
 */
export class LocalReceivers implements RecordReceiver {
  /** Set before the inbox is read. */
  transport!: Transport;
  readonly #interest: InterestWriter;
  readonly #metrics: Metrics;
  readonly #listeners: TopicListeners;
  readonly #onTransportFault: (call: string, cause: unknown) => void;
  /** The topics of connections. The transport is not asked about any other topic. */
  readonly #topics = new Set<Topic>();

  /**
   * @param onFault is told of each listener that threw or rejected; must not throw
   * @param onTransportFault is told of each call on the transport that threw; must not throw
   */
  constructor(
    interest: InterestWriter,
    metrics: Metrics,
    onFault: (topic: Topic, cause: unknown) => void,
    onTransportFault: (call: string, cause: unknown) => void,
  ) {
    this.#onTransportFault = onTransportFault;
    this.#interest = interest;
    this.#metrics = metrics;
    this.#listeners = new TopicListeners({
      topicGained: (topic) => interest.add(topicHash(topic)),
      topicLost: (topic) => interest.remove(topicHash(topic)),
      onFault,
    });
  }

  /** Notes the first connection that is subscribed to a topic. */
  topicGained(topic: Topic): void {
    this.#topics.add(topic);
    this.#interest.add(topicHash(topic));
  }

  /** Notes that the last connection has left a topic. */
  topicLost(topic: Topic): void {
    this.#topics.delete(topic);
    this.#interest.remove(topicHash(topic));
  }

  /** Whether a connection of this reactor is subscribed to a topic. */
  hasConnections(topic: Topic): boolean {
    return this.#topics.has(topic);
  }

  /** Adds a listener of the application. */
  listen(topic: Topic, listener: TopicListener): Subscription {
    return this.#listeners.add(topic, listener);
  }

  /** Whether a listener of the application hears a topic. */
  hasListeners(topic: Topic): boolean {
    return this.#listeners.has(topic);
  }

  /** Tells the listeners of this reactor what this reactor publishes, and clears `message`. */
  tellListeners(topic: Topic, message: OutgoingMessage): void {
    message.toBytes();
    const { bytes, start, end, isBinary } = message;
    // A listener may publish in turn, with the same object.
    message.clear();
    this.#listeners.tell(topic, bytes, start, end, isBinary);
  }

  // A transport may be one of the user, which throws. That must not cost the reactor.
  onPublish(topic: Topic, bytes: Uint8Array, start: number, end: number, isBinary: boolean): void {
    if (this.#topics.has(topic)) {
      try {
        this.transport.deliver(topic, bytes, start, end, isBinary);
      } catch (cause) {
        this.#onTransportFault('deliver', cause);
      }
    }
    this.#listeners.tell(topic, bytes, start, end, isBinary);
  }

  onSend(id: number, bytes: Uint8Array, start: number, end: number, isBinary: boolean): void {
    try {
      const conn = this.transport.connection(id as ConnId);
      if (conn === undefined) this.#metrics.add(Metric.DroppedConnectionGone, 1);
      else conn.send(bytes.subarray(start, end), isBinary ? AS_BINARY : AS_TEXT);
    } catch (cause) {
      this.#onTransportFault('send', cause);
    }
  }

  onEnd(id: number, code: number, reason: string): void {
    try {
      this.transport.connection(id as ConnId)?.end(code, reason);
    } catch (cause) {
      this.#onTransportFault('end', cause);
    }
  }
}
