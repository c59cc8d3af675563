/* The transport `uws`: WebSocket over the native library uWebSockets.js. */
import {
  assertSendable,
  assertTopic,
  CloseCode,
  type ConnectionHandlers,
  type ConnId,
  ConnState,
  HioloadError,
  type Limits,
  type ListenAddress,
  Metric,
  type Metrics,
  ownText,
  type PublishResult,
  publishResult,
  type Sendable,
  type SendOptions,
  type Topic,
  type Transport,
  type TransportOptions,
  type Uplink,
  type WebSocketConn,
} from '@hioload/api';
import { FaultBarrier } from '../shared/faults.js';
import { assertOptions } from '../shared/assert-options.js';
import { DescriptorWatch } from '../shared/descriptor-watch.js';
import { RateLimit } from '../shared/rate-limit.js';
import { type ConnHost, UwsConn } from './connection.js';
import { type EventHost, nativeEvents, settle } from './events.js';
import { closeOnExit } from './exit-guard.js';
import { UWS_FEATURES } from './features.js';
import { ListeningSocket } from './listening-socket.js';
import { loadUws } from './load.js';
import { NativeLosses } from './native-losses.js';
import { UwsMessage } from './uws-message.js';
import type { NativeApp, NativeModule, NativePayload, NativeSocket } from './native.js';
import { OutgoingPayload } from './outgoing-payload.js';
import { toNativeSettings } from './settings.js';
import { Upgrader } from './upgrader.js';

/**
 * Makes a transport over uWebSockets.js on the calling thread. The transport accepts nothing before
 * `listen`. It closes when its thread exits, if not before, because native handles that outlive a
 * worker abort the process.
 * @throws HIOLOAD_TRANSPORT_UNAVAILABLE (the module does not load here), HIOLOAD_OPTION_INVALID,
 * both as rejections
 */
export async function createUwsTransport<Data = unknown>(
  options: TransportOptions<Data>,
): Promise<Transport> {
  assertOptions(options);
  const load = await loadUws();
  if (!load.ok)
    throw new HioloadError('HIOLOAD_TRANSPORT_UNAVAILABLE', `transport uws: ${load.reason}`);
  // `Data` is the type of the data that the upgrade hook attaches. The transport does not look into
  // the data.
  return new UwsTransport(load.native, options);
}

class UwsTransport implements Transport, ConnHost, EventHost {
  readonly features = UWS_FEATURES;
  readonly handlers: ConnectionHandlers;
  readonly metrics: Metrics;
  readonly limits: Limits;
  readonly faults: FaultBarrier;
  readonly losses: NativeLosses;
  readonly rateLimit: RateLimit | null;
  readonly message = new UwsMessage();
  readonly outgoing = new OutgoingPayload();
  callbacks = 0;
  hasPublished = false;
  readonly #options: TransportOptions<unknown>;
  readonly #uplink: Uplink | undefined;
  readonly #app: NativeApp;
  readonly #listeningSocket: ListeningSocket;
  readonly #descriptors: DescriptorWatch;
  /** Open connections and those that are closing, in the order in which they were opened. */
  readonly #connections = new Map<ConnId, UwsConn>();
  /** The topics that have a subscriber, each with its one text. */
  readonly #topics = new Map<Topic, Topic>();
  readonly #leaveExitGuard = closeOnExit(() => this.close());
  /** Closed to the application; their sockets are cut at the end of the turn. */
  #terminated: UwsConn[] = [];
  #nextConnId: number;
  #isClosed = false;

  constructor(native: NativeModule, options: TransportOptions<unknown>) {
    const { handlers, metrics, limits, whenBufferFull } = options;
    this.#options = options;
    this.#uplink = options.uplink;
    this.handlers = handlers;
    this.metrics = metrics;
    this.limits = limits;
    this.rateLimit =
      limits.maxMessagesPerSecond > 0 ? new RateLimit(limits.maxMessagesPerSecond) : null;
    this.#nextConnId = options.firstConnId;
    this.faults = new FaultBarrier(metrics, (error, conn) => options.onFault(error, conn));
    this.losses = new NativeLosses({ handlers, whenBufferFull, metrics, faults: this.faults });
    const upgrader = new Upgrader(options, this.faults, (data, address, protocol) =>
      this.#makeConn(data, address, protocol),
    );
    this.#app = native.App();
    const socket = new ListeningSocket(native, this.#app);
    this.#listeningSocket = socket;
    this.#descriptors = new DescriptorWatch({
      pause: () => socket.pause(),
      resume: () => socket.resume(),
      onShortage: () => {
        metrics.add(Metric.DescriptorShortages, 1);
        options.onDescriptorShortage?.();
      },
    });
    // One route takes all paths, because the native library would read patterns in a path.
    this.#app.ws('/*', {
      compression: native.DISABLED,
      ...toNativeSettings(limits),
      upgrade: (res, req, context) => upgrader.handle(res, req, context),
      ...nativeEvents(this),
    });
    this.#app.any('/*', (res, req) => upgrader.handle(res, req, null));
  }

  get connectionCount(): number {
    return this.#connections.size;
  }

  listen(address: ListenAddress): Promise<number> {
    this.#descriptors.start();
    return this.#listeningSocket.listen(address);
  }

  stopListening(): void {
    this.#descriptors.stop();
    this.#listeningSocket.stop();
  }

  forEachConnection(visit: (conn: WebSocketConn) => void): void {
    for (const conn of this.#connections.values())
      if (conn.state === ConnState.Open) visit(conn.app);
  }

  connection(id: ConnId): WebSocketConn | undefined {
    const conn = this.#connections.get(id);
    return conn?.state === ConnState.Open ? conn.app : undefined;
  }

  publish(topic: Topic, message: Sendable, options?: SendOptions): PublishResult {
    assertTopic(topic, this.limits.maxTopicBytes);
    const wasTaken = !this.#isClosed && this.#publish(this.#app, topic, message, options, 0);
    return publishResult(wasTaken ? 1 : 0, 0);
  }

  publishFrom(
    sender: NativeSocket<UwsConn> | null,
    topic: Topic,
    message: Sendable,
    options: SendOptions | undefined,
  ): PublishResult {
    assertTopic(topic, this.limits.maxTopicBytes);
    if (sender === null) return publishResult(0, 0);
    // The native library lets a socket publish only to topics of its own subscriptions.
    const isSubscriber = sender.isSubscribed(topic);
    const wasTaken = this.#publish(
      isSubscriber ? sender : this.#app,
      topic,
      message,
      options,
      isSubscriber ? 1 : 0,
    );
    const here = wasTaken ? 1 : 0;
    if (this.#uplink === undefined) return publishResult(here, 0);
    const { reactors, lanesFull } = this.#uplink.publish(topic, message, options);
    return publishResult(here + reactors, lanesFull);
  }

  deliver(topic: Topic, bytes: Uint8Array, start: number, end: number, isBinary: boolean): number {
    if (this.#isClosed) return 0;
    this.losses.cutDoomed();
    const receivers = this.#app.numSubscribers(topic);
    if (receivers > 0)
      this.#fanOut(this.#app, topic, bytes.subarray(start, end), end - start, isBinary, receivers);
    return receivers;
  }

  /** @returns whether there was a subscriber */
  #publish(
    publisher: NativeApp | NativeSocket<UwsConn>,
    topic: Topic,
    message: Sendable,
    options: SendOptions | undefined,
    leftOut: number,
  ): boolean {
    // A connection that lost a message and is going to be cut must not get a later message.
    this.losses.cutDoomed();
    const receivers = this.#app.numSubscribers(topic) - leftOut;
    if (receivers <= 0) {
      assertSendable(message);
      return false;
    }
    const { outgoing } = this;
    outgoing.set(message, options);
    const { payload, byteLength, isBinary } = outgoing;
    outgoing.clear();
    this.#fanOut(publisher, topic, payload, byteLength, isBinary, receivers);
    return true;
  }

  #fanOut(
    publisher: NativeApp | NativeSocket<UwsConn>,
    topic: Topic,
    payload: NativePayload,
    byteLength: number,
    isBinary: boolean,
    receivers: number,
  ): void {
    publisher.publish(topic, payload, isBinary);
    if (!this.hasPublished) {
      this.hasPublished = true;
      setImmediate(this.#endTurn);
    }
    // A message that a full queue turns away counts here, and as lost too.
    this.metrics.add(Metric.MessagesOut, receivers);
    this.metrics.add(Metric.MessageBytesOut, receivers * byteLength);
  }

  onSubscribed(topic: Topic): Topic {
    const known = this.#topics.get(topic);
    if (known !== undefined) return known;
    const own = ownText(topic);
    this.#topics.set(own, own);
    this.#uplink?.topicGained(own);
    return own;
  }

  onUnsubscribed(topic: Topic): void {
    if (this.#app.numSubscribers(topic) > 0 || !this.#topics.delete(topic)) return;
    this.#uplink?.topicLost(topic);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#leaveExitGuard();
    this.#descriptors.stop();
    this.#listeningSocket.stop();
    // The connections end one by one. The native library loses its way through its list where a
    // close hook ends the connection that comes next.
    this.losses.cutDoomed();
    for (const conn of this.#connections.values()) conn.terminate();
    this.#app.close();
  }

  onOpen(conn: UwsConn): void {
    this.#connections.set(conn.id, conn);
  }

  onTerminated(conn: UwsConn, isHolding: boolean): void {
    settle(this, conn, CloseCode.Abnormal, '');
    if (!isHolding) {
      conn.cut();
      return;
    }
    // What was sent or published in this turn has not left yet: the native library writes it when
    // the current callback returns, or at the end of the turn. It drops what a cut socket holds.
    if (this.#terminated.push(conn) === 1) setImmediate(this.#cutTerminated);
  }

  readonly #endTurn = (): void => {
    this.hasPublished = false;
  };

  readonly #cutTerminated = (): void => {
    const terminated = this.#terminated;
    this.#terminated = [];
    for (const conn of terminated) conn.cut();
  };

  onClosed(conn: UwsConn): void {
    this.#connections.delete(conn.id);
    for (const topic of conn.topics) this.onUnsubscribed(topic);
    this.#options.admission.release(conn.remoteAddress);
  }

  #makeConn(data: unknown, remoteAddress: string, protocol: string): UwsConn {
    return new UwsConn(this, this.#nextConnId++, data, remoteAddress, protocol);
  }
}
