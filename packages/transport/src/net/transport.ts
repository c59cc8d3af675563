import {
  type BufferFullPolicy,
  type BytePool,
  closedMetric,
  type ConnectionHandlers,
  type Extension,
  HioloadError,
  type Limits,
  type ListenAddress,
  Metric,
  type Metrics,
  type NetConn,
  type NetListener,
  type PublishResult,
  type Sendable,
  type SendOptions,
  type Topic,
  type Transport,
  type TransportOptions,
  type WebSocketConn,
} from '@hioload/api';
import { FrameEncoder } from '@hioload/protocol';
import { FaultBarrier } from '../shared/faults.js';
import { assertOptions } from '../shared/options.js';
import { RateLimit } from '../shared/rate-limit.js';
import { assertTopic } from '../shared/topic.js';
import { BlockPool } from './block-pool.js';
import { type ConnHost, NetWebSocket } from './connection.js';
import { NET_FEATURES } from './features.js';
import { Inbound } from './inbound.js';
import { Lender } from './lender.js';
import type { Lingering } from './lingering.js';
import { Losses } from './losses.js';
import { NetMessage } from './message.js';
import { type Opened, Opening, type OpeningHost } from './opening.js';
import type { NetTransportOptions } from './options.js';
import { Outgoing } from './outgoing.js';
import { SharedFrame } from './shared-frame.js';
import { openHandles } from './sockets/handle-check.js';
import { SocketListener } from './sockets/listener.js';
import { Sweep } from './sweep.js';
import { systemClock } from './system-clock.js';
import { Topics } from './topics.js';

/** What publishing answers: a transport is of one reactor. */
const NOBODY: PublishResult = Object.freeze({ reactors: 0, lanesFull: 0 });
const THIS_REACTOR: PublishResult = Object.freeze({ reactors: 1, lanesFull: 0 });

/** One read buffer serves all connections: what a peer has sent between two reads is handled in one pass. */
const READ_BUFFER_BYTES = 65_536;
/** Encoders and readers that wait to be lent: as many as connections are written to in one turn. */
const MAX_IDLE_CODECS = 4_096;

/** The transport in TypeScript. Other sources of connections than its listener can hand it theirs. */
export interface NetTransport extends Transport {
  /** Takes a connection that has not been started, and has a handshake on it. */
  accept(conn: NetConn): void;
  /** Listens on a Unix socket. @throws HIOLOAD_PORT_IN_USE, HIOLOAD_ADDRESS_UNAVAILABLE (as a rejection) */
  listenOnPath(path: string): Promise<void>;
}

/**
 * Makes a transport that speaks WebSocket in TypeScript, on the calling thread. It accepts nothing until `listen`.
 * @throws HIOLOAD_OPTION_INVALID (as a rejection)
 */
export async function createNetTransport<Data = unknown>(options: NetTransportOptions<Data>): Promise<NetTransport> {
  assertOptions(options);
  const pool = options.pool ?? new BlockPool();
  const readBuffer = pool.acquire(READ_BUFFER_BYTES);
  if (readBuffer === null || !(readBuffer.bytes.buffer instanceof ArrayBuffer)) {
    throw new HioloadError(
      'HIOLOAD_OPTION_INVALID',
      `pool: has no block of ${READ_BUFFER_BYTES} bytes of plain memory: one is needed to read into`,
    );
  }
  const access = options.sockets === 'plain' ? undefined : await openHandles();
  const doors = access?.ok === true ? access.doors : undefined;
  const listener =
    options.listener ?? new SocketListener({ pool, doors, readBuffer: readBuffer.view(READ_BUFFER_BYTES) });
  // `Data` is what the upgrade hook attaches and the others find: nothing here looks into it.
  return new TypeScriptTransport(options as NetTransportOptions, pool, listener, () => readBuffer.release());
}

class TypeScriptTransport implements NetTransport, ConnHost, OpeningHost {
  readonly features = NET_FEATURES;
  readonly options: TransportOptions<unknown>;
  readonly handlers: ConnectionHandlers;
  readonly metrics: Metrics;
  readonly limits: Limits;
  readonly whenBufferFull: BufferFullPolicy;
  readonly faults: FaultBarrier;
  readonly losses: Losses;
  readonly rateLimit: RateLimit | null;
  readonly extension: Extension | undefined = undefined;
  readonly message = new NetMessage();
  readonly outgoing = new Outgoing();
  readonly topics = new Topics<NetWebSocket>();
  readonly openings = new Set<Opening>();
  readonly lingering = new Set<Lingering>();
  readonly sweep: Sweep;
  readonly pool: BytePool;
  readonly encoders: Lender<FrameEncoder>;
  readonly inbounds: Lender<Inbound>;
  readonly now = (): number => this.sweep.nowMs;
  readonly #listener: NetListener;
  readonly #connections = new Map<number, NetWebSocket>();
  readonly #onClose: () => void;
  readonly #encoder: FrameEncoder;
  #dirty: NetWebSocket[] = [];
  #nextConnId: number;
  #isClosed = false;

  constructor(options: NetTransportOptions, pool: BytePool, listener: NetListener, onClose: () => void) {
    const { handlers, metrics, limits, whenBufferFull } = options;
    this.options = options;
    this.handlers = handlers;
    this.metrics = metrics;
    this.limits = limits;
    this.whenBufferFull = whenBufferFull;
    this.pool = pool;
    this.#listener = listener;
    this.#onClose = onClose;
    this.#nextConnId = options.firstConnId;
    this.rateLimit = limits.maxMessagesPerSecond > 0 ? new RateLimit(limits.maxMessagesPerSecond) : null;
    this.faults = new FaultBarrier(metrics, (error, conn) => options.onFault(error, conn));
    this.losses = new Losses(handlers, metrics, this.faults);
    this.sweep = new Sweep(options.clock ?? systemClock, () => this.#connections.values());
    this.#encoder = new FrameEncoder({ role: 'server', pool });
    this.encoders = new Lender(MAX_IDLE_CODECS, () => new FrameEncoder({ role: 'server', pool }));
    this.inbounds = new Lender(MAX_IDLE_CODECS, () => new Inbound(this, undefined));
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  listen({ host, port, shared }: ListenAddress): Promise<number> {
    return this.#listener.listen({ host, port, shared }, (conn) => this.accept(conn));
  }

  async listenOnPath(path: string): Promise<void> {
    await this.#listener.listen({ path }, (conn) => this.accept(conn));
  }

  stopListening(): void {
    this.#listener.close();
  }

  accept(conn: NetConn): void {
    if (this.#isClosed) {
      conn.close();
      return;
    }
    this.sweep.start();
    new Opening(this, conn);
  }

  onOpened({ net, head, early, ...agreement }: Opened): void {
    new NetWebSocket(this, net, this.#nextConnId++, agreement).open(head, early, 0);
  }

  onOpen(conn: NetWebSocket): void {
    const { handlers, metrics, faults, rateLimit } = this;
    rateLimit?.begin(conn, performance.now());
    this.#connections.set(conn.id, conn);
    metrics.add(Metric.Connections, 1);
    metrics.add(Metric.ConnectionsOpened, 1);
    if (handlers.open === undefined) return;
    try {
      faults.watch('open', handlers.open(conn), conn);
    } catch (error) {
      faults.hookFailed('open', error, conn);
    }
  }

  onClosed(conn: NetWebSocket, code: number, reason: string): void {
    const { handlers, metrics, faults } = this;
    this.#connections.delete(conn.id);
    metrics.add(Metric.Connections, -1);
    metrics.add(closedMetric(code), 1);
    this.options.admission.release(conn.remoteAddress);
    if (handlers.close === undefined) return;
    try {
      faults.watch('close', handlers.close(conn, code, reason), conn);
    } catch (error) {
      faults.hookFailed('close', error, conn);
    }
  }

  forEachConnection(visit: (conn: WebSocketConn) => void): void {
    for (const conn of this.#connections.values()) visit(conn);
  }

  publish(topic: Topic, message: Sendable, options?: SendOptions): PublishResult {
    assertTopic(topic, this.limits.maxTopicBytes);
    return this.#publish(null, topic, message, options);
  }

  publishFrom(
    sender: NetWebSocket,
    topic: Topic,
    message: Sendable,
    options: SendOptions | undefined,
  ): PublishResult {
    assertTopic(topic, this.limits.maxTopicBytes);
    return sender.state === 'open' ? this.#publish(sender, topic, message, options) : NOBODY;
  }

  #publish(
    sender: NetWebSocket | null,
    topic: Topic,
    message: Sendable,
    options: SendOptions | undefined,
  ): PublishResult {
    const subscribers = this.topics.subscribers(topic);
    if (subscribers === undefined) return NOBODY;
    const receivers = subscribers.size - (sender !== null && subscribers.has(sender) ? 1 : 0);
    if (receivers === 0) return NOBODY;
    const { outgoing, metrics } = this;
    outgoing.prepare(message, options);
    const { isBinary } = outgoing;
    const frames = outgoing.encode(this.#encoder) ? this.#encoder.take() : undefined;
    outgoing.clear();
    metrics.add(Metric.MessagesOut, receivers);
    if (frames === undefined) {
      metrics.add(Metric.DroppedBufferFull, receivers);
      return THIS_REACTOR;
    }
    const frame = new SharedFrame(frames, isBinary);
    metrics.add(Metric.MessageBytesOut, receivers * (frame.end - frame.payloadStart));
    let losers: NetWebSocket[] | undefined;
    for (const conn of subscribers) {
      if (conn !== sender && !conn.deliver(frame)) (losers ??= []).push(conn);
    }
    // Only now, because a hook may change who is subscribed.
    for (const conn of losers ?? []) conn.lose(frame.bytes, frame.payloadStart, frame.end, isBinary);
    frame.release();
    return THIS_REACTOR;
  }

  flushLater(conn: NetWebSocket): void {
    if (this.#dirty.push(conn) === 1) setImmediate(this.#flushAll);
  }

  readonly #flushAll = (): void => {
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const conn of dirty) conn.flush();
  };

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#listener.close();
    for (const opening of this.openings) opening.giveUp();
    for (const conn of this.#connections.values()) conn.cut();
    for (const left of this.lingering) left.end();
    this.sweep.stop();
    this.#onClose();
  }
}
