import {
  type Bus,
  type ConnId,
  HioloadError,
  Metric,
  type Metrics,
  type PublishResult,
  publishResult,
  type Sendable,
  type SendOptions,
  SendStatus,
  type Subscription,
  type Topic,
  type TopicListener,
  type Transport,
  type Uplink,
} from '@hioload/api';
import { TopicListeners } from './topic-listeners.js';

/** What the bus of a reactor works with. */
export interface ReactorBusParts {
  readonly metrics: Metrics;
  /** Told of each listener that threw or rejected. Must not throw. */
  onFault(error: HioloadError): void;
}

/** The bus as one reactor sees it: its own transport and listeners. */
export class ReactorBus implements Bus {
  /** For the transport. */
  readonly uplink: Uplink = {
    topicGained: () => undefined,
    topicLost: () => undefined,
    publish: (topic, message, options) => this.#spread(topic, message, options),
  };
  readonly #listeners: TopicListeners;
  #transport!: Transport;

  constructor({ metrics, onFault }: ReactorBusParts) {
    this.#listeners = new TopicListeners({
      topicGained: () => undefined,
      topicLost: () => undefined,
      onFault: (topic, cause) => {
        metrics.add(Metric.HandlerFaults, 1);
        onFault(new HioloadError('HIOLOAD_HANDLER_FAILED', `a listener of topic ${topic} failed`, { cause }));
      },
    });
  }

  /** Gives it the transport, which was made with the bus as its uplink. */
  attach(transport: Transport): void {
    this.#transport = transport;
  }

  publish(topic: Topic, message: Sendable, options?: SendOptions): PublishResult {
    const here = this.#transport.publish(topic, message, options).reactors;
    const { reactors, lanesFull } = this.#spread(topic, message, options);
    return publishResult(here + reactors, lanesFull);
  }

  send(id: ConnId, message: Sendable, options?: SendOptions): SendStatus {
    return this.#transport.connection(id)?.send(message, options) ?? SendStatus.Closed;
  }

  end(id: ConnId, code?: number, reason?: string): SendStatus {
    const conn = this.#transport.connection(id);
    if (conn === undefined) return SendStatus.Closed;
    conn.end(code, reason);
    return SendStatus.Sent;
  }

  subscribe(topic: Topic, listener: TopicListener): Subscription {
    return this.#listeners.add(topic, listener);
  }

  #spread(topic: Topic, message: Sendable, options: SendOptions | undefined): PublishResult {
    if (this.#listeners.has(topic)) {
      const bytes = typeof message === 'string' ? Buffer.from(message) : viewOf(message);
      const isBinary = options?.binary ?? (typeof message !== 'string' && isBinaryByDefault(message));
      this.#listeners.tell(topic, bytes, 0, bytes.length, isBinary);
    }
    return publishResult(0, 0);
  }
}

function viewOf(message: Exclude<Sendable, string>): Uint8Array {
  if (message instanceof Uint8Array) return message;
  return 'bytes' in message ? message.bytes() : new Uint8Array(message);
}

function isBinaryByDefault(message: Exclude<Sendable, string>): boolean {
  return 'bytes' in message ? message.isBinary : true;
}
