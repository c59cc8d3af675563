// A fake connection for tests: a handler can be called without any transport.
import {
  assertFunction,
  assertSendableClose,
  assertTopic,
  type BufferFullPolicy,
  type Bytes,
  CloseCode,
  type ConnId,
  ConnState,
  DEFAULT_LIMITS,
  type Limits,
  pingPayloadOf,
  type PublishResult,
  publishResult,
  type Sendable,
  type SendOptions,
  SendStatus,
  type Topic,
  type WebSocketConn,
  ownText,
} from '@hioload/api';
import { type CapturedMessage, capture } from './captured.js';
import { Outbound, type OutboundFrame } from './outbound.js';
import { assertShortControl } from './rules.js';

export interface FakeConnOptions<Data> {
  /** Default: 1. */
  readonly id?: number;
  /** Default: `undefined`. */
  readonly data?: Data;
  /** Default: `127.0.0.1`. */
  readonly remoteAddress?: string;
  /** Default: the empty string. */
  readonly protocol?: string;
  /** Limits that differ from the defaults. */
  readonly limits?: Partial<Limits>;
  /** Default: `drop`. */
  readonly whenBufferFull?: BufferFullPolicy;
}

/** The events of a connection that the fake transport handles. */
export interface ConnEvents {
  delivered(frame: OutboundFrame): void;
  /** The connection accepted a message to send. */
  accepted(message: CapturedMessage): void;
  lost(message: CapturedMessage): void;
  drained(): void;
  /** The work of a cork has returned this value. */
  corked(returned: unknown): void;
  closed(code: number, reason: string): void;
  subscribed(topic: Topic): void;
  /** The connection unsubscribed from a topic, or ended. */
  unsubscribed(topic: Topic): void;
  publish(topic: Topic, message: CapturedMessage): PublishResult;
}

/**
 * A connection without a socket, for tests of single handlers. It records all calls. Its peer reads
 * everything at once until `stopReading`. It calls no handlers; the connections of a {@link
 * FakeTransport} do.
 *
 * ```ts
 * const conn = new FakeConn({ data: { user: 'ada' }, limits: { maxBufferedBytes: 1024 } });
 * app.open?.(conn);
 * expect(conn.texts).toEqual(['welcome, ada']);
 *
 * conn.stopReading(); // now sends are Buffered; beyond 1024 waiting bytes, Dropped
 * ```
 */
export class FakeConn<Data = undefined> implements WebSocketConn<Data> {
  readonly id: ConnId;
  readonly data: Data;
  readonly remoteAddress: string;
  readonly protocol: string;
  /** Accepted messages, including the published ones that reached the connection. */
  readonly sent: CapturedMessage[] = [];
  /** Messages that were lost because the queue was full. */
  readonly lost: CapturedMessage[] = [];
  /** Payloads of pings that were accepted. */
  readonly pings: Uint8Array[] = [];
  /** The messages that the connection published. */
  readonly published: { readonly topic: Topic; readonly message: CapturedMessage }[] = [];
  /** The topics of the connection. */
  readonly topics = new Set<Topic>();
  readonly #limits: Limits;
  readonly #whenBufferFull: BufferFullPolicy;
  readonly #events: Partial<ConnEvents>;
  readonly #outbound: Outbound;
  // What changes is private, so that a frozen connection works as a frozen one of a transport does.
  #state: ConnState = ConnState.Open;
  #corks = 0;
  #closedWith: { readonly code: number; readonly reason: string } | undefined;

  constructor(options: FakeConnOptions<Data> = {}, events: Partial<ConnEvents> = {}) {
    this.id = (options.id ?? 1) as ConnId;
    this.data = options.data as Data;
    this.remoteAddress = options.remoteAddress ?? '127.0.0.1';
    this.protocol = options.protocol ?? '';
    this.#limits = { ...DEFAULT_LIMITS, ...options.limits };
    this.#whenBufferFull = options.whenBufferFull ?? 'drop';
    this.#events = events;
    this.#outbound = new Outbound((frame) => this.#events.delivered?.(frame));
  }

  /** How often `cork` was called. */
  get corks(): number {
    return this.#corks;
  }

  /** Code and reason of the end, as the `close` handler gets them. */
  get closedWith(): { readonly code: number; readonly reason: string } | undefined {
    return this.#closedWith;
  }

  /** The messages of `sent`, decoded. */
  get texts(): string[] {
    return this.sent.map((message) => message.text);
  }

  get bufferedBytes(): number {
    return this.#state === ConnState.Closed ? 0 : this.#outbound.bufferedBytes;
  }

  get state(): ConnState {
    return this.#state;
  }

  send(message: Sendable, options?: SendOptions): SendStatus {
    if (!this.#isOpen) return SendStatus.Closed;
    const captured = capture(message, options);
    const status = this.transmit(captured);
    if (status !== SendStatus.Dropped) this.#events.accepted?.(captured);
    return status;
  }

  ping(payload: string | Bytes = ''): SendStatus {
    const bytes = new Uint8Array(pingPayloadOf(payload));
    assertShortControl(bytes);
    if (!this.#isOpen) return SendStatus.Closed;
    if (this.#isFull) return SendStatus.Dropped;
    this.pings.push(bytes);
    return this.#push({ kind: 'ping', payload: bytes });
  }

  subscribe(topic: Topic): boolean {
    assertTopic(topic, this.#limits.maxTopicBytes);
    if (!this.#isOpen) return false;
    const { maxSubscriptions } = this.#limits;
    if (this.topics.has(topic)) return true;
    if (maxSubscriptions > 0 && this.topics.size >= maxSubscriptions) return false;
    const own = ownText(topic);
    this.topics.add(own);
    this.#events.subscribed?.(own);
    return true;
  }

  unsubscribe(topic: Topic): boolean {
    assertTopic(topic, this.#limits.maxTopicBytes);
    if (!this.topics.delete(topic)) return false;
    this.#events.unsubscribed?.(topic);
    return true;
  }

  isSubscribed(topic: Topic): boolean {
    assertTopic(topic, this.#limits.maxTopicBytes);
    return this.topics.has(topic);
  }

  publish(topic: Topic, message: Sendable, options?: SendOptions): PublishResult {
    assertTopic(topic, this.#limits.maxTopicBytes);
    if (!this.#isOpen) return publishResult(0, 0);
    const captured = capture(message, options);
    this.published.push({ topic, message: captured });
    return this.#events.publish?.(topic, captured) ?? publishResult(0, 0);
  }

  cork(work: () => unknown): void {
    assertFunction('the work of cork', work);
    this.#corks += 1;
    const returned = work();
    this.#events.corked?.(returned);
  }

  end(code: number = CloseCode.Normal, reason = ''): void {
    assertSendableClose(code, reason);
    if (!this.#isOpen) return;
    this.#endWith(code, reason.toWellFormed());
  }

  terminate(): void {
    if (this.#isOpen) this.#cut();
  }

  /**
   * The peer takes nothing more: what is sent waits.
   * @param kernelRoomBytes how many bytes still go into what stands for the kernel's buffer, and so
   * count as sent
   */
  stopReading(kernelRoomBytes = 0): void {
    this.#outbound.stop(kernelRoomBytes);
  }

  /** The peer reads everything that waits, and everything that follows. */
  resumeReading(): void {
    if (this.#outbound.resume() && this.#isOpen) this.#events.drained?.();
  }

  /** The peer sends a close frame. @param code 1005 for a frame without one */
  closeByPeer(code: number = CloseCode.NoStatus, reason = ''): void {
    if (this.#isOpen) this.#endWith(code, reason.toWellFormed());
  }

  /**
   * The peer sends a ping. The answer is sent even if the queue is full, because a peer without a
   * pong gives up.
   */
  answerPing(payload: Uint8Array): void {
    if (this.#isOpen) this.#push({ kind: 'pong', payload });
  }

  /**
   * Takes a copied message: one that the connection sends, or one that another connection
   * published.
   */
  transmit(message: CapturedMessage): SendStatus {
    if (!this.#isOpen) return SendStatus.Closed;
    if (this.#isFull) {
      this.#lose(message);
      return SendStatus.Dropped;
    }
    this.sent.push(message);
    return this.#push({ kind: 'message', message });
  }

  get #isOpen(): boolean {
    return this.#state === ConnState.Open;
  }

  get #isFull(): boolean {
    return this.#outbound.bufferedBytes > this.#limits.maxBufferedBytes;
  }

  #endWith(code: number, reason: string): void {
    this.#push({ kind: 'close', code, reason });
    this.#close(code, reason);
  }

  #push(frame: OutboundFrame): SendStatus {
    return this.#outbound.push(frame) ? SendStatus.Sent : SendStatus.Buffered;
  }

  #lose(message: CapturedMessage): void {
    // The connection closes before the hook hears of the loss, so that nothing is sent afterwards.
    if (this.#whenBufferFull === 'close') {
      this.#state = ConnState.Closing;
      this.#leaveTopics();
    }
    this.lost.push(message);
    this.#events.lost?.(message);
    if (this.#whenBufferFull === 'close') this.#cut();
  }

  #cut(): void {
    this.#outbound.discard();
    this.#close(CloseCode.Abnormal, '');
  }

  #close(code: number, reason: string): void {
    this.#state = ConnState.Closed;
    this.#closedWith = { code, reason };
    this.#leaveTopics();
    this.#events.closed?.(code, reason);
  }

  #leaveTopics(): void {
    const topics = [...this.topics];
    this.topics.clear();
    for (const topic of topics) this.#events.unsubscribed?.(topic);
  }
}
