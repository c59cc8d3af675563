import {
  assertTopic,
  type BufferFullPolicy,
  type BytePool,
  closedMetric,
  type ConnectionHandlers,
  type ConnId,
  ConnState,
  type Extension,
  HioloadError,
  type Limits,
  type ListenAddress,
  Metric,
  type Metrics,
  type NetConn,
  type NetListener,
  type ObjectPool,
  type PublishResult,
  publishResult,
  type Sendable,
  type SendOptions,
  systemClock,
  type Topic,
  type Transport,
  type TransportOptions,
  type WebSocketConn,
} from '@hioload/api';
import { FrameEncoder, PermessageDeflate } from '@hioload/protocol';
import { FaultBarrier, type HookName } from '../shared/faults.js';
import { assertOptions } from '../shared/options.js';
import { RateLimit } from '../shared/rate-limit.js';
import { type ConnHost, NetWebSocket } from './connection.js';
import { FanOut } from './fan-out.js';
import { NET_FEATURES } from './features.js';
import { Inbound } from './inbound.js';
import type { Lingering } from './lingering.js';
import { Losses } from './losses.js';
import { RangeMessage } from '../message/range-message.js';
import { type Opened, Opening, type OpeningHost } from './opening.js';
import type { NetTransportOptions } from './options.js';
import type { Outbox } from './outbox.js';
import { OutgoingMessage } from '../message/outgoing-message.js';
import { openHandles } from './sockets/handle-check.js';
import { SocketListener } from './sockets/listener.js';
import { Sweep } from './sweep.js';
import { Topics } from './topics.js';
import { UnfinishedRequests } from './unfinished-requests.js';

/**
 * One read buffer serves all connections: what a peer has sent between two reads is handled in one
 * pass.
 */
const READ_BUFFER_BYTES = 65_536;
/** Encoders and readers that wait to be lent: as many as connections are written to in one turn. */
const MAX_IDLE_CODECS = 4_096;

/**
 * The transport in TypeScript. Other sources of connections than its listener can hand it theirs.
 */
export interface NetTransport extends Transport {
  /** Takes a connection that has not been started, and has a handshake on it. */
  accept(conn: NetConn): void;
  /**
   * Listens on a Unix socket. @throws HIOLOAD_PORT_IN_USE, HIOLOAD_ADDRESS_UNAVAILABLE (as a
   * rejection)
   */
  listenOnPath(path: string): Promise<void>;
}

/**
 * Makes a transport that speaks WebSocket in TypeScript, on the calling thread. It accepts nothing
 * until `listen`.
 * @throws HIOLOAD_OPTION_INVALID (as a rejection)
 */
export async function createNetTransport<Data = unknown>(
  options: NetTransportOptions<Data>,
): Promise<NetTransport> {
  assertOptions(options);
  const pool = options.pool ?? options.pools.bytes;
  const readBuffer = pool.acquire(READ_BUFFER_BYTES);
  if (readBuffer === null || !(readBuffer.bytes.buffer instanceof ArrayBuffer)) {
    throw new HioloadError(
      'HIOLOAD_OPTION_INVALID',
      `pool: has no block of ${READ_BUFFER_BYTES} bytes of plain memory: one is needed to ` +
        'read into',
    );
  }
  const access = options.sockets === 'plain' ? undefined : await openHandles(pool);
  const doors = access?.ok === true ? access.doors : undefined;
  const listener =
    options.listener ??
    new SocketListener({ pool, doors, readBuffer: readBuffer.view(READ_BUFFER_BYTES) });
  // `Data` is what the upgrade hook attaches and the others find: nothing here looks into it.
  return new TypeScriptTransport(options, pool, listener, () => readBuffer.release());
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
  readonly extensions: readonly Extension[];
  readonly message = new RangeMessage();
  readonly outgoing = new OutgoingMessage();
  readonly topics: Topics<NetWebSocket>;
  readonly openings = new Set<Opening>();
  readonly unfinished: UnfinishedRequests;
  readonly lingering = new Set<Lingering>();
  readonly sweep: Sweep;
  readonly pool: BytePool;
  readonly encoders: ObjectPool<FrameEncoder>;
  readonly inbounds: ObjectPool<Inbound>;
  readonly now = (): number => this.sweep.nowMs;
  readonly #listener: NetListener;
  readonly #connections = new Map<number, NetWebSocket>();
  readonly #onClose: () => void;
  readonly #fanOut: FanOut<NetWebSocket>;
  #dirty: Outbox[] = [];
  #nextConnId: number;
  #isClosed = false;

  constructor(
    options: NetTransportOptions,
    pool: BytePool,
    listener: NetListener,
    onClose: () => void,
  ) {
    const { handlers, metrics, limits, whenBufferFull } = options;
    this.options = options;
    this.handlers = handlers;
    this.metrics = metrics;
    this.limits = limits;
    this.whenBufferFull = whenBufferFull;
    this.pool = pool;
    this.extensions = [
      ...(options.extensions ?? []),
      ...(options.compression === undefined ? [] : [new PermessageDeflate(options.compression)]),
    ];
    this.#listener = listener;
    this.#onClose = onClose;
    this.#nextConnId = options.firstConnId;
    this.rateLimit =
      limits.maxMessagesPerSecond > 0 ? new RateLimit(limits.maxMessagesPerSecond) : null;
    this.faults = new FaultBarrier(metrics, (error, conn) => options.onFault(error, conn));
    this.losses = new Losses(handlers, metrics, this.faults);
    this.sweep = new Sweep(options.clock ?? systemClock, () => this.#connections.values());
    this.unfinished = new UnfinishedRequests(limits.maxUnfinishedHandshakes);
    this.topics = new Topics(options.uplink);
    this.#fanOut = new FanOut(this.topics, metrics, this.outgoing, pool);
    this.encoders = options.pools.objects(
      () => new FrameEncoder({ role: 'server', pool }),
      MAX_IDLE_CODECS,
    );
    this.inbounds = options.pools.objects(() => new Inbound(this, undefined), MAX_IDLE_CODECS);
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
    new Opening(this, conn).begin();
  }

  onOpened({ net, head, early, ...agreement }: Opened): void {
    new NetWebSocket(this, net, this.#nextConnId++, agreement).open(head, early);
  }

  onOpen(conn: NetWebSocket): void {
    const { handlers, metrics, rateLimit } = this;
    rateLimit?.begin(conn, performance.now());
    this.#connections.set(conn.id, conn);
    metrics.add(Metric.Connections, 1);
    metrics.add(Metric.ConnectionsOpened, 1);
    if (handlers.open !== undefined) this.#call('open', conn, () => handlers.open?.(conn));
  }

  onDrain(conn: NetWebSocket): void {
    const { handlers } = this;
    if (handlers.drain !== undefined) this.#call('drain', conn, () => handlers.drain?.(conn));
  }

  onClosed(conn: NetWebSocket, code: number, reason: string): void {
    const { handlers, metrics } = this;
    this.#connections.delete(conn.id);
    metrics.add(Metric.Connections, -1);
    metrics.add(closedMetric(code), 1);
    this.options.admission.release(conn.remoteAddress);
    if (handlers.close !== undefined)
      this.#call('close', conn, () => handlers.close?.(conn, code, reason));
  }

  /**
   * Calls a hook that is not of every message; what it throws or rejects with costs its connection.
   */
  #call(hook: HookName, conn: NetWebSocket, call: () => unknown): void {
    try {
      this.faults.watch(hook, call(), conn);
    } catch (error) {
      this.faults.hookFailed(hook, error, conn);
    }
  }

  forEachConnection(visit: (conn: WebSocketConn) => void): void {
    for (const conn of this.#connections.values()) if (conn.state === ConnState.Open) visit(conn);
  }

  connection(id: ConnId): WebSocketConn | undefined {
    const conn = this.#connections.get(id);
    return conn?.state === ConnState.Open ? conn : undefined;
  }

  publish(topic: Topic, message: Sendable, options?: SendOptions): PublishResult {
    assertTopic(topic, this.limits.maxTopicBytes);
    return this.#fanOut.publish(null, topic, message, options);
  }

  publishFrom(
    sender: NetWebSocket,
    topic: Topic,
    message: Sendable,
    options: SendOptions | undefined,
  ): PublishResult {
    assertTopic(topic, this.limits.maxTopicBytes);
    if (sender.state !== ConnState.Open) return publishResult(0, 0);
    const here = this.#fanOut.publish(sender, topic, message, options);
    const { uplink } = this.options;
    if (uplink === undefined) return here;
    const beyond = uplink.publish(topic, message, options);
    return publishResult(here.reactors + beyond.reactors, here.lanesFull + beyond.lanesFull);
  }

  deliver(topic: Topic, bytes: Uint8Array, start: number, end: number, isBinary: boolean): number {
    return this.#fanOut.deliver(topic, bytes, start, end, isBinary);
  }

  flushLater(outbox: Outbox): void {
    if (this.#dirty.push(outbox) === 1) setImmediate(this.#flushAll);
  }

  readonly #flushAll = (): void => {
    const dirty = this.#dirty;
    this.#dirty = [];
    for (const outbox of dirty) outbox.flush();
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
