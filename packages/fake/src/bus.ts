// A fake bus for tests: connects reactors of one process, in memory and at once.
import {
  assertFunction,
  assertSendableClose,
  assertTopic,
  type Bus,
  CloseCode,
  type ConnId,
  DEFAULT_LIMITS,
  follow,
  silence,
  HioloadError,
  ownText,
  type Limits,
  type Logger,
  Metric,
  type Metrics,
  type PublishResult,
  publishResult,
  reactorOf,
  type Sendable,
  type SendOptions,
  SendStatus,
  type Subscription,
  type Topic,
  type TopicListener,
  type Transport,
  type Uplink,
  type WebSocketConn,
} from '@hioload/api';
import { capture, type CapturedMessage } from './captured.js';
import { FakeMessage } from './message.js';

/** The parts that one end of a bus needs. */
export interface FakeBusEndParts {
  readonly reactor: number;
  readonly limits: Limits;
  readonly metrics: Metrics;
  readonly log: Logger;
}

export interface FakeBusOptions {
  /**
   * Longest payload that reaches other reactors, in bytes. Default: that of the bus between
   * threads.
   */
  readonly maxPayloadBytes?: number;
}

/**
 * Carries messages between reactors of one process, in memory. No lane is ever full, and each
 * message has arrived when the call returns. A message that is too long is lost, as on the bus
 * between threads. Applications that run with the same bus are reactors of one process:
 *
 * ```ts
 * const bus = new FakeBus();
 * const first = await runApp(chat, { bus, reactor: 0 });
 * const second = await runApp(chat, { bus, reactor: 1 });
 * ```
 */
export class FakeBus {
  readonly #ends = new Map<number, FakeBusEnd>();
  readonly #maxPayloadBytes: number;

  constructor({ maxPayloadBytes = DEFAULT_LIMITS.maxPayloadBytes }: FakeBusOptions = {}) {
    this.#maxPayloadBytes = maxPayloadBytes;
  }

  /** Adds a reactor. @throws HIOLOAD_STATE if a reactor with that number exists */
  join(parts: FakeBusEndParts): FakeBusEnd {
    const { reactor } = parts;
    if (this.#ends.has(reactor)) {
      throw new HioloadError('HIOLOAD_STATE', `bus: reactor ${reactor} joins twice; allowed once`);
    }
    const end = new FakeBusEnd(this, parts);
    this.#ends.set(reactor, end);
    return end;
  }

  /** Removes a reactor. */
  leave(end: FakeBusEnd): void {
    if (this.#ends.get(end.reactor) === end) this.#ends.delete(end.reactor);
  }

  end(reactor: number): FakeBusEnd | undefined {
    return this.#ends.get(reactor);
  }

  /** The reactor that an id names. No connection has an id below 1. */
  endOf(id: ConnId): FakeBusEnd | undefined {
    return id < 1 ? undefined : this.end(reactorOf(id));
  }

  /** Whether a message is short enough to reach other reactors. */
  takes({ bytes }: CapturedMessage): boolean {
    return bytes.length <= this.#maxPayloadBytes;
  }

  /** Hands a message to every reactor but one. */
  spread(topic: Topic, message: CapturedMessage, except: FakeBusEnd): PublishResult {
    const takes = this.takes(message);
    let reached = 0;
    for (const end of [...this.#ends.values()]) {
      if (end !== except && (takes ? end.receive(topic, message) : end.wants(topic))) reached++;
    }
    return takes ? publishResult(reached, 0) : publishResult(0, reached);
  }
}

/** A {@link FakeBus} as one reactor sees it. */
export class FakeBusEnd implements Bus {
  readonly reactor: number;
  /** The uplink for the transport of this reactor. */
  readonly uplink: Uplink = {
    topicGained: (topic) => void this.#topics.add(topic),
    topicLost: (topic) => void this.#topics.delete(topic),
    publish: (topic, message, options) => this.#spread(topic, capture(message, options)),
  };
  readonly #bus: FakeBus;
  readonly #parts: FakeBusEndParts;
  /** The topics to which connections of this reactor are subscribed. */
  readonly #topics = new Set<Topic>();
  readonly #listeners = new Map<Topic, Set<{ readonly hear: TopicListener }>>();
  #transport: Transport | undefined;

  constructor(bus: FakeBus, parts: FakeBusEndParts) {
    this.reactor = parts.reactor;
    this.#bus = bus;
    this.#parts = parts;
  }

  /** Attaches the transport of the reactor. */
  attach(transport: Transport): void {
    this.#transport = transport;
  }

  /** The open connection with that id, if it is on this reactor. */
  connection(id: ConnId): WebSocketConn | undefined {
    return this.#transport?.connection(id);
  }

  publish(topic: Topic, message: Sendable, options?: SendOptions): PublishResult {
    assertTopic(topic, this.#parts.limits.maxTopicBytes);
    const captured = capture(message, options);
    const here = this.#deliver(topic, captured) > 0 ? 1 : 0;
    const { reactors, lanesFull } = this.#spread(topic, captured);
    return publishResult(here + reactors, lanesFull);
  }

  send(id: ConnId, message: Sendable, options?: SendOptions): SendStatus {
    const end = this.#bus.endOf(id);
    const conn = end?.connection(id);
    if (end === undefined || end === this) return conn?.send(message, options) ?? SendStatus.Closed;
    const captured = capture(message, options);
    if (!this.#bus.takes(captured)) {
      this.#parts.metrics.add(Metric.DroppedTooLong, 1);
      return SendStatus.Dropped;
    }
    conn?.send(captured.bytes, { binary: captured.isBinary });
    return SendStatus.Sent;
  }

  end(id: ConnId, code: number = CloseCode.Normal, reason = ''): SendStatus {
    assertSendableClose(code, reason);
    const end = this.#bus.endOf(id);
    const conn = end?.connection(id);
    conn?.end(code, reason);
    return conn !== undefined || (end !== undefined && end !== this)
      ? SendStatus.Sent
      : SendStatus.Closed;
  }

  subscribe(topic: Topic, listener: TopicListener): Subscription {
    assertTopic(topic, this.#parts.limits.maxTopicBytes);
    assertFunction('the listener of a topic', listener);
    const entry = { hear: listener };
    const entries = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(ownText(topic), entries.add(entry));
    const unsubscribe = (): void => void entries.delete(entry);
    return { unsubscribe, [Symbol.dispose]: unsubscribe };
  }

  /** Whether this reactor has a subscriber or a listener of a topic. */
  wants(topic: Topic): boolean {
    return this.#topics.has(topic) || (this.#listeners.get(topic)?.size ?? 0) > 0;
  }

  /**
   * Takes a message of another reactor. @returns whether this reactor has a subscriber or a
   * listener
   */
  receive(topic: Topic, message: CapturedMessage): boolean {
    const listeners = this.#listeners.get(topic)?.size ?? 0;
    const subscribers = this.#deliver(topic, message);
    this.#tell(topic, message);
    return subscribers + listeners > 0;
  }

  #deliver(topic: Topic, { bytes, isBinary }: CapturedMessage): number {
    return this.#transport?.deliver(topic, bytes, 0, bytes.length, isBinary) ?? 0;
  }

  /**
   * The other reactors come first, so that a message which a listener publishes in turn arrives
   * later everywhere.
   */
  #spread(topic: Topic, message: CapturedMessage): PublishResult {
    const result = this.#bus.spread(topic, message, this);
    this.#parts.metrics.add(Metric.DroppedTooLong, result.lanesFull);
    this.#tell(topic, message);
    return result;
  }

  #tell(topic: Topic, { bytes, isBinary }: CapturedMessage): void {
    for (const entry of [...(this.#listeners.get(topic) ?? [])]) {
      if (this.#listeners.get(topic)?.has(entry) !== true) continue;
      this.#call(topic, new FakeMessage(bytes, { binary: isBinary }), entry.hear);
    }
  }

  #call(topic: Topic, message: FakeMessage, hear: TopicListener): void {
    const fail = (cause: unknown): void => this.#fault(topic, cause);
    try {
      follow(
        message.lend((lent) => hear(topic, lent)),
        () => undefined,
        fail,
      );
    } catch (cause) {
      fail(cause);
    }
  }

  #fault(topic: Topic, cause: unknown): void {
    silence(cause);
    this.#parts.metrics.add(Metric.HandlerFaults, 1);
    this.#parts.log.error(`a listener of topic ${topic} failed`, { err: cause });
  }
}
