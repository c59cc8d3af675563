import {
  assertSendableClose,
  type Bus,
  CloseCode,
  type ConnId,
  HioloadError,
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
import { isPromise } from './hub.js';
import { FakeMessage } from './message.js';
import { assertTopic } from './rules.js';

/** What one end of a bus works with. */
export interface FakeBusEndParts {
  readonly reactor: number;
  readonly limits: Limits;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/**
 * What reactors of one process publish over, in memory: no lane is ever full, and all has arrived when a call returns.
 * Applications that are run with the same bus are reactors of one process:
 *
 * ```ts
 * const bus = new FakeBus();
 * const [first, second] = [await runApp(chat, { bus, reactor: 0 }), await runApp(chat, { bus, reactor: 1 })];
 * ```
 */
export class FakeBus {
  readonly #ends = new Map<number, FakeBusEnd>();

  /** Adds a reactor. @throws HIOLOAD_STATE where there is one of that number */
  join(parts: FakeBusEndParts): FakeBusEnd {
    const { reactor } = parts;
    if (this.#ends.has(reactor)) {
      throw new HioloadError('HIOLOAD_STATE', `bus: reactor ${reactor} joins twice; allowed once`);
    }
    const end = new FakeBusEnd(this, parts);
    this.#ends.set(reactor, end);
    return end;
  }

  /** Takes a reactor off. */
  leave(end: FakeBusEnd): void {
    if (this.#ends.get(end.reactor) === end) this.#ends.delete(end.reactor);
  }

  end(reactor: number): FakeBusEnd | undefined {
    return this.#ends.get(reactor);
  }

  /** Hands a message to every reactor but one. @returns how many took it */
  spread(topic: Topic, message: CapturedMessage, except: FakeBusEnd): number {
    let taken = 0;
    for (const end of [...this.#ends.values()]) if (end !== except && end.receive(topic, message)) taken++;
    return taken;
  }
}

/** A {@link FakeBus} as one reactor sees it. */
export class FakeBusEnd implements Bus {
  readonly reactor: number;
  /** For the transport of the reactor. */
  readonly uplink: Uplink = {
    topicGained: () => undefined,
    topicLost: () => undefined,
    publish: (topic, message, options) => this.#spread(topic, capture(message, options)),
  };
  readonly #bus: FakeBus;
  readonly #parts: FakeBusEndParts;
  readonly #listeners = new Map<Topic, Set<{ readonly hear: TopicListener }>>();
  #transport: Transport | undefined;

  constructor(bus: FakeBus, parts: FakeBusEndParts) {
    this.reactor = parts.reactor;
    this.#bus = bus;
    this.#parts = parts;
  }

  /** Gives it the transport of its reactor. */
  attach(transport: Transport): void {
    this.#transport = transport;
  }

  /** The open connection of that id, if it lives here. */
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
    const end = this.#bus.end(reactorOf(id));
    const conn = end?.connection(id);
    const status = conn?.send(message, options) ?? SendStatus.Closed;
    return end === undefined || end === this ? status : SendStatus.Sent;
  }

  end(id: ConnId, code: number = CloseCode.Normal, reason = ''): SendStatus {
    assertSendableClose(code, reason);
    const end = this.#bus.end(reactorOf(id));
    const conn = end?.connection(id);
    conn?.end(code, reason);
    return conn !== undefined || (end !== undefined && end !== this) ? SendStatus.Sent : SendStatus.Closed;
  }

  subscribe(topic: Topic, listener: TopicListener): Subscription {
    assertTopic(topic, this.#parts.limits.maxTopicBytes);
    const entry = { hear: listener };
    const entries = this.#listeners.get(topic) ?? new Set();
    this.#listeners.set(topic, entries.add(entry));
    const unsubscribe = (): void => void entries.delete(entry);
    return { unsubscribe, [Symbol.dispose]: unsubscribe };
  }

  /** Takes what another reactor published. @returns whether anybody here wanted it */
  receive(topic: Topic, message: CapturedMessage): boolean {
    const listeners = this.#listeners.get(topic)?.size ?? 0;
    const subscribers = this.#deliver(topic, message);
    this.#tell(topic, message);
    return subscribers + listeners > 0;
  }

  #deliver(topic: Topic, { bytes, isBinary }: CapturedMessage): number {
    return this.#transport?.deliver(topic, bytes, 0, bytes.length, isBinary) ?? 0;
  }

  /** Others first: what a listener publishes in turn comes later everywhere. */
  #spread(topic: Topic, message: CapturedMessage): PublishResult {
    const taken = this.#bus.spread(topic, message, this);
    this.#tell(topic, message);
    return publishResult(taken, 0);
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
      const pending = message.lend((lent) => hear(topic, lent));
      if (isPromise(pending)) pending.then(undefined, fail);
    } catch (cause) {
      fail(cause);
    }
  }

  #fault(topic: Topic, cause: unknown): void {
    this.#parts.metrics.add(Metric.HandlerFaults, 1);
    this.#parts.log.error(`a listener of topic ${topic} failed`, { err: cause });
  }
}
