/* One WebSocket connection of `uws`. */
import {
  assertTopic,
  type Bytes,
  CloseCode,
  type ConnId,
  ConnState,
  type Limits,
  Metric,
  type Metrics,
  type PublishResult,
  type Sendable,
  type SendOptions,
  SendStatus,
  type Topic,
} from '@hioload/api';
import { assertSendableClose } from '@hioload/protocol';
import { AppConn, type InnerConn } from '../shared/app-conn.js';
import { checkedPingPayload } from '../shared/ping-payload.js';
import type { FaultBarrier } from '../shared/faults.js';
import type { Allowance } from '../shared/rate-limit.js';
import { UwsMessage } from './uws-message.js';
import { type NativePayload, NativeSendStatus, type NativeSocket } from './native.js';
import type { OutgoingPayload } from './outgoing-payload.js';

/**
 * The place where a connection notes that it is inside a native call. The native library may report
 * a loss during that call, and the note tells to whom the loss belongs.
 */
export interface LossSink {
  /** The connection inside `send` or `ping`. */
  sender: UwsConn | null;
  /** Whether a loss was reported during that call that may be the message of the call. */
  hasSuspect: boolean;
  /** The connection whose hook learns of the loss of a published message at this moment. */
  readonly told: UwsConn | null;
  /** The bytes in the queue of that connection when the message was lost. */
  readonly toldBufferedBytes: number;
  /**
   * Decides about such a loss. @param isOwn whether it was the message of the call, which the
   * connection reports itself; otherwise it was a published message
   */
  settleSuspect(isOwn: boolean): void;
  /** A message of `send` was lost because the queue is full. */
  onSendLost(conn: UwsConn, payload: NativePayload, isBinary: boolean): void;
}

/** The transport, as its connections see it. */
export interface ConnHost {
  readonly metrics: Metrics;
  readonly limits: Limits;
  readonly outgoing: OutgoingPayload;
  readonly losses: LossSink;
  readonly faults: FaultBarrier;
  /** Counts the callbacks of the native library that are hooks. */
  readonly callbacks: number;
  /** Whether something was published in this turn, which the native library may still hold. */
  readonly hasPublished: boolean;
  /** Publishes to all subscribers but the sender. Null for a closed sender: nothing happens. */
  publishFrom(
    sender: NativeSocket<UwsConn> | null,
    topic: Topic,
    message: Sendable,
    options: SendOptions | undefined,
  ): PublishResult;
  /**
   * The application has cut a connection, which has no topics any more.
   * @param isHolding whether the native library may hold something that was sent before
   */
  onTerminated(conn: UwsConn, isHolding: boolean): void;
  /**
   * A connection has subscribed to a topic. @returns the text of the topic to keep: one text for
   * all subscribers, and not part of a message
   */
  onSubscribed(topic: Topic): Topic;
  /** A connection has unsubscribed from a topic. */
  onUnsubscribed(topic: Topic): void;
}

const NO_TOPICS: ReadonlySet<Topic> = new Set();

/** A connection: the native socket while it is open, and the state that outlives the socket. */
export class UwsConn implements InnerConn, Allowance {
  readonly id: ConnId;
  readonly remoteAddress: string;
  readonly app: AppConn;
  state: ConnState = ConnState.Open;
  credit = 0;
  tokens = 0;
  refilledAtMs = 0;
  /** The topics, kept here because the native socket does not tell them when it closes. */
  #topics: Set<Topic> | null = null;
  readonly #host: ConnHost;
  /** The callback during or after which this connection sent last. */
  #sentIn = -1;
  /** The native socket while it lives. A call on a dead socket would throw. */
  #socket: NativeSocket<UwsConn> | null = null;

  constructor(host: ConnHost, id: number, data: unknown, remoteAddress: string, protocol: string) {
    this.#host = host;
    this.id = id as ConnId;
    this.remoteAddress = remoteAddress;
    this.app = new AppConn(this, data, protocol);
  }

  /** The handshake is done. */
  attach(socket: NativeSocket<UwsConn>): void {
    this.#socket = socket;
  }

  /** The native socket is dead. */
  detach(): void {
    this.#socket = null;
  }

  /** The native socket while the connection is open; else null. */
  get #openSocket(): NativeSocket<UwsConn> | null {
    return this.state === ConnState.Open ? this.#socket : null;
  }

  /** The topics of its subscriptions. A closed connection keeps the topics of its last moment. */
  get topics(): ReadonlySet<Topic> {
    return this.#topics ?? NO_TOPICS;
  }

  get bufferedBytes(): number {
    if (this.#socket === null || this.state === ConnState.Closed) return 0;
    const { losses } = this.#host;
    if (losses.told === this) return losses.toldBufferedBytes;
    return this.#socket.getBufferedAmount();
  }

  send(message: Sendable, options?: SendOptions): SendStatus {
    const socket = this.#openSocket;
    if (socket === null) return SendStatus.Closed;
    // An echo or a relay is frequent enough for a short way: nothing is stored or checked twice.
    if (message instanceof UwsMessage && options === undefined) {
      return this.#transmit(socket, message.payload, message.byteLength, message.isBinary);
    }
    const { outgoing } = this.#host;
    outgoing.set(message, options);
    const { payload, byteLength, isBinary } = outgoing;
    outgoing.clear();
    return this.#transmit(socket, payload, byteLength, isBinary);
  }

  #transmit(
    socket: NativeSocket<UwsConn>,
    payload: NativePayload,
    byteLength: number,
    isBinary: boolean,
  ): SendStatus {
    const host = this.#host;
    const { losses, metrics } = host;
    this.#sentIn = host.callbacks;
    losses.sender = this;
    const status = socket.send(payload, isBinary);
    losses.sender = null;
    if (losses.hasSuspect) losses.settleSuspect(status === NativeSendStatus.Dropped);
    if (status === NativeSendStatus.Dropped) {
      losses.onSendLost(this, payload, isBinary);
      return SendStatus.Dropped;
    }
    metrics.add(Metric.MessagesOut, 1);
    metrics.add(Metric.MessageBytesOut, byteLength);
    return status === NativeSendStatus.Sent ? SendStatus.Sent : SendStatus.Buffered;
  }

  ping(payload: string | Bytes = ''): SendStatus {
    const bytes = checkedPingPayload(payload);
    const socket = this.#openSocket;
    if (socket === null) return SendStatus.Closed;
    const { losses } = this.#host;
    losses.sender = this;
    const status = socket.ping(bytes);
    losses.sender = null;
    if (losses.hasSuspect) losses.settleSuspect(status === NativeSendStatus.Dropped);
    if (status === NativeSendStatus.Dropped) return SendStatus.Dropped;
    return status === NativeSendStatus.Sent ? SendStatus.Sent : SendStatus.Buffered;
  }

  subscribe(topic: Topic): boolean {
    const { limits } = this.#host;
    assertTopic(topic, limits.maxTopicBytes);
    const socket = this.#openSocket;
    if (socket === null) return false;
    if (socket.isSubscribed(topic)) return true;
    if (limits.maxSubscriptions > 0 && this.topics.size >= limits.maxSubscriptions) return false;
    socket.subscribe(topic);
    (this.#topics ??= new Set()).add(this.#host.onSubscribed(topic));
    return true;
  }

  unsubscribe(topic: Topic): boolean {
    assertTopic(topic, this.#host.limits.maxTopicBytes);
    if (this.#openSocket?.unsubscribe(topic) !== true) return false;
    this.#topics?.delete(topic);
    this.#host.onUnsubscribed(topic);
    return true;
  }

  isSubscribed(topic: Topic): boolean {
    assertTopic(topic, this.#host.limits.maxTopicBytes);
    return this.#openSocket?.isSubscribed(topic) === true;
  }

  publish(topic: Topic, message: Sendable, options?: SendOptions): PublishResult {
    return this.#host.publishFrom(this.#openSocket, topic, message, options);
  }

  cork(work: () => unknown): void {
    const { faults } = this.#host;
    const socket = this.#openSocket;
    if (socket === null) {
      faults.watch('cork', work(), this);
      return;
    }
    // An exception must not unwind through the native call: the call would not write the corked
    // bytes.
    let failure: { readonly error: unknown } | undefined;
    socket.cork(() => {
      try {
        faults.watch('cork', work(), this);
      } catch (error) {
        failure = { error };
      }
    });
    if (failure !== undefined) throw failure.error;
  }

  end(code: number = CloseCode.Normal, reason = ''): void {
    assertSendableClose(code, reason);
    // The native library writes half a surrogate pair as it is, which is not UTF-8.
    this.startClosing()?.end(code, reason.toWellFormed());
  }

  terminate(): void {
    const socket = this.startClosing();
    if (socket === null) return;
    // A message that is published from now on is not for this connection any more.
    for (const topic of this.topics) socket.unsubscribe(topic);
    const { callbacks, hasPublished } = this.#host;
    this.#host.onTerminated(this, hasPublished || this.#sentIn === callbacks);
  }

  /**
   * Enters `closing`. A native call that ends the connection follows. Where the call is `end` or
   * `close`, the close event comes before that call returns.
   * @returns the socket for that one call; null where the connection is closing or closed already
   */
  startClosing(): NativeSocket<UwsConn> | null {
    if (this.state !== ConnState.Open) return null;
    this.state = ConnState.Closing;
    return this.#socket;
  }

  /** Cuts the native socket, where it lives. */
  cut(): void {
    this.#socket?.close();
  }
}
