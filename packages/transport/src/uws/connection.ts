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
  type WebSocketConn,
} from '@hioload/api';
import { assertSendableClose } from '@hioload/protocol';
import { assertPingPayload } from '../shared/ping-payload.js';
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
  /** Publishes to all subscribers but the sender. Null for a closed sender: nothing happens. */
  publishFrom(
    sender: NativeSocket<UwsConn> | null,
    topic: Topic,
    message: Sendable,
    options: SendOptions | undefined,
  ): PublishResult;
  /** A connection has subscribed to a topic. */
  onSubscribed(topic: Topic): void;
  /** A connection has unsubscribed from a topic. */
  onUnsubscribed(topic: Topic): void;
}

const NO_TOPICS: ReadonlySet<Topic> = new Set();

/** A connection: the native socket while it is open, and the state that outlives the socket. */
export class UwsConn implements WebSocketConn<unknown>, Allowance {
  readonly id: ConnId;
  readonly data: unknown;
  readonly remoteAddress: string;
  readonly protocol: string;
  state: ConnState = ConnState.Open;
  credit = 0;
  tokens = 0;
  refilledAtMs = 0;
  /** The topics, kept here because the native socket does not tell them when it closes. */
  #topics: Set<Topic> | null = null;
  readonly #host: ConnHost;
  /** The native socket while calls are allowed. A call on a closed socket would throw. */
  #socket: NativeSocket<UwsConn> | null = null;

  constructor(host: ConnHost, id: number, data: unknown, remoteAddress: string, protocol: string) {
    this.#host = host;
    this.id = id as ConnId;
    this.data = data;
    this.remoteAddress = remoteAddress;
    this.protocol = protocol;
  }

  /** The handshake is done. */
  attach(socket: NativeSocket<UwsConn>): void {
    this.#socket = socket;
  }

  /** The connection is gone. */
  detach(): void {
    this.#socket = null;
    this.state = ConnState.Closed;
  }

  /** The topics of its subscriptions. A closed connection keeps the topics of its last moment. */
  get topics(): ReadonlySet<Topic> {
    return this.#topics ?? NO_TOPICS;
  }

  get bufferedBytes(): number {
    return this.#socket === null ? 0 : this.#socket.getBufferedAmount();
  }

  send(message: Sendable, options?: SendOptions): SendStatus {
    const socket = this.#socket;
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
    const { losses, metrics } = this.#host;
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
    assertPingPayload(payload);
    const socket = this.#socket;
    if (socket === null) return SendStatus.Closed;
    const { losses } = this.#host;
    losses.sender = this;
    const status = socket.ping(payload);
    losses.sender = null;
    if (losses.hasSuspect) losses.settleSuspect(status === NativeSendStatus.Dropped);
    if (status === NativeSendStatus.Dropped) return SendStatus.Dropped;
    return status === NativeSendStatus.Sent ? SendStatus.Sent : SendStatus.Buffered;
  }

  subscribe(topic: Topic): boolean {
    const { limits } = this.#host;
    assertTopic(topic, limits.maxTopicBytes);
    const socket = this.#socket;
    if (socket === null) return false;
    if (socket.isSubscribed(topic)) return true;
    if (limits.maxSubscriptions > 0 && this.topics.size >= limits.maxSubscriptions) return false;
    socket.subscribe(topic);
    (this.#topics ??= new Set()).add(topic);
    this.#host.onSubscribed(topic);
    return true;
  }

  unsubscribe(topic: Topic): boolean {
    assertTopic(topic, this.#host.limits.maxTopicBytes);
    if (this.#socket === null || !this.#socket.unsubscribe(topic)) return false;
    this.#topics?.delete(topic);
    this.#host.onUnsubscribed(topic);
    return true;
  }

  isSubscribed(topic: Topic): boolean {
    assertTopic(topic, this.#host.limits.maxTopicBytes);
    return this.#socket !== null && this.#socket.isSubscribed(topic);
  }

  publish(topic: Topic, message: Sendable, options?: SendOptions): PublishResult {
    return this.#host.publishFrom(this.#socket, topic, message, options);
  }

  cork(work: () => void): void {
    const socket = this.#socket;
    if (socket === null) {
      work();
      return;
    }
    // An exception must not unwind through the native call: the call would not write the corked
    // bytes.
    let failure: { readonly error: unknown } | undefined;
    socket.cork(() => {
      try {
        work();
      } catch (error) {
        failure = { error };
      }
    });
    if (failure !== undefined) throw failure.error;
  }

  end(code: number = CloseCode.Normal, reason = ''): void {
    assertSendableClose(code, reason);
    this.startClosing()?.end(code, reason);
  }

  terminate(): void {
    this.startClosing()?.close();
  }

  /**
   * Enters `closing`. The native call that ends the connection follows, and the close event comes
   * before that call returns.
   * @returns the socket for that one call; null where the connection is closing or closed already
   */
  startClosing(): NativeSocket<UwsConn> | null {
    if (this.state !== ConnState.Open) return null;
    this.state = ConnState.Closing;
    const socket = this.#socket;
    this.#socket = null;
    return socket;
  }
}
