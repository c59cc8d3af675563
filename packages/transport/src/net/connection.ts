/* One WebSocket connection of `net`. */
import {
  assertTopic,
  type Bytes,
  CloseCode,
  closedMetric,
  type ConnId,
  ConnState,
  type ExtensionSession,
  Metric,
  type NetConn,
  type NetSink,
  ownText,
  type PublishResult,
  type Sendable,
  type SendOptions,
  SendStatus,
  type Topic,
} from '@hioload/api';
import {
  assertSendableClose,
  CloseHandshake,
  IdleVerdict,
  type ProtocolViolation,
  Violation,
} from '@hioload/protocol';
import { AppConn, type InnerConn } from '../shared/app-conn.js';
import { checkedPingPayload } from '../shared/ping-payload.js';
import type { Account, Holder } from './budget/account.js';
import type { LiveConn, NetCore } from './core.js';
import { MessageReceiver, type Receiver } from './receiving/message-receiver.js';
import { Lingering } from './sending/lingering.js';
import { SendQueue } from './sending/send-queue.js';
import type { SharedFrame } from './topics/shared-frame.js';
import type { Subscriber } from './topics/topics.js';

/** The result of the opening handshake. */
export interface Agreement {
  /** The application's own, from its upgrade hook. */
  readonly data: unknown;
  readonly protocol: string;
  readonly extension: ExtensionSession | undefined;
}

/** What one subscription takes in the sets of its connection and its topic, without the text. */
const SUBSCRIPTION_BYTES = 128;
const MS_PER_SECOND = 1_000;

/** A connection, and its way from open to closed. */
export class NetWebSocket implements InnerConn, LiveConn, Receiver, Subscriber, NetSink, Holder {
  readonly id: ConnId;
  readonly remoteAddress: string;
  readonly app: AppConn;
  state: ConnState = ConnState.Open;
  credit = 0;
  tokens = 0;
  refilledAtMs = 0;
  readonly #core: NetCore;
  readonly #net: NetConn;
  readonly #account: Account;
  readonly #receiver: MessageReceiver;
  readonly #queue: SendQueue;
  readonly #extension: ExtensionSession | undefined;
  #topics: Set<Topic> | null = null;
  #closing: CloseHandshake | null = null;

  constructor(core: NetCore, net: NetConn, { data, protocol, extension }: Agreement) {
    this.#core = core;
    this.#net = net;
    this.id = core.takeConnId() as ConnId;
    this.remoteAddress = net.remoteAddress;
    this.app = new AppConn(this, data, protocol);
    this.#extension = extension;
    this.#account = core.budget.open(this, net.remoteAddress);
    this.#receiver = new MessageReceiver(core, this, net, this.#account, extension);
    this.#queue = new SendQueue(core, net, this.#account, extension);
  }

  /**
   * Opens the connection. The answer to the handshake and everything that the open hook sends go
   * out in one write.
   * @param head the answer to the handshake
   * @param early the bytes that the peer sent behind its request
   */
  open(head: Uint8Array, early: Uint8Array): void {
    this.#net.start(this);
    this.#queue.cork();
    this.#queue.append({ bytes: head, start: 0, end: head.length, release: () => undefined });
    const { connections, handlers, metrics, rateLimit, faults } = this.#core;
    rateLimit?.begin(this, performance.now());
    connections.set(this.id, this);
    metrics.add(Metric.Connections, 1);
    metrics.add(Metric.ConnectionsOpened, 1);
    faults.call('open', this, () => handlers.open?.(this.app));
    if (early.length > 0 && this.state !== ConnState.Closed) this.received(early, 0, early.length);
    this.#queue.uncork();
  }

  get bufferedBytes(): number {
    return this.state === ConnState.Closed ? 0 : this.#queue.waitingBytes;
  }

  send(message: Sendable, options?: SendOptions): SendStatus {
    if (this.state !== ConnState.Open) return SendStatus.Closed;
    const { outgoing } = this.#core;
    outgoing.set(message, options);
    const status = this.#queue.send(outgoing);
    if (status === SendStatus.Dropped) {
      outgoing.toBytes();
      this.lose(outgoing.bytes, outgoing.start, outgoing.end, outgoing.isBinary);
    }
    outgoing.clear();
    return status;
  }

  deliver(frame: SharedFrame): boolean {
    return this.#queue.publish(frame);
  }

  lose(bytes: Uint8Array, start: number, end: number, isBinary: boolean): void {
    const isEnd = this.#core.options.whenBufferFull === 'close' && this.state === ConnState.Open;
    // The state changes first, so that nothing that the dropped hook sends goes out. The close hook
    // comes last.
    if (isEnd) this.#leaveOpen();
    this.#core.losses.tell(this, bytes, start, end, isBinary);
    if (isEnd) this.cut();
  }

  ping(payload: string | Bytes = ''): SendStatus {
    const bytes = checkedPingPayload(payload);
    if (this.state !== ConnState.Open) return SendStatus.Closed;
    if (this.#queue.isFull()) return SendStatus.Dropped;
    return this.#queue.ping(bytes);
  }

  subscribe(topic: Topic): boolean {
    const { limits, topics } = this.#core;
    assertTopic(topic, limits.maxTopicBytes);
    if (this.state !== ConnState.Open) return false;
    const own = (this.#topics ??= new Set());
    if (own.has(topic)) return true;
    if (limits.maxSubscriptions > 0 && own.size >= limits.maxSubscriptions) return false;
    if (!this.#account.charge(subscriptionBytes(topic))) return false;
    own.add(topics.add(topic, this));
    // This connection itself may be the one that has to give its memory back.
    this.#account.keep();
    return this.#topics !== null;
  }

  unsubscribe(topic: Topic): boolean {
    const { limits, topics } = this.#core;
    assertTopic(topic, limits.maxTopicBytes);
    if (this.#topics === null || !this.#topics.delete(topic)) return false;
    this.#account.credit(subscriptionBytes(topic));
    topics.remove(topic, this);
    return true;
  }

  isSubscribed(topic: Topic): boolean {
    assertTopic(topic, this.#core.limits.maxTopicBytes);
    return this.#topics !== null && this.#topics.has(topic);
  }

  publish(topic: Topic, message: Sendable, options?: SendOptions): PublishResult {
    return this.#core.topics.publishFrom(this, topic, message, options);
  }

  cork(work: () => unknown): void {
    this.#queue.cork();
    try {
      this.#core.faults.watch('cork', work(), this);
    } finally {
      this.#queue.uncork();
    }
  }

  end(code: number = CloseCode.Normal, reason = ''): void {
    assertSendableClose(code, reason);
    if (this.state !== ConnState.Open) return;
    this.#leaveOpen();
    const closing = this.#closeHandshake();
    closing.end(code, ownText(reason.toWellFormed()), this.#core.now());
    this.#queue.close(closing.sentCode, closing.sentReason);
  }

  terminate(): void {
    if (this.state !== ConnState.Open) return;
    this.#queue.flush();
    this.#leaveOpen();
    this.#net.close();
    this.#settle();
  }

  cut(): void {
    if (this.state === ConnState.Open) this.#leaveOpen();
    if (this.state !== ConnState.Closing) return;
    this.#net.abort();
    this.#settle();
  }

  giveMemoryBack(): void {
    if (this.state === ConnState.Open) this.#leaveOpen();
    this.#receiver.stop();
    this.#queue.release();
  }

  leaveForMemory(): void {
    if (this.state === ConnState.Closed) return;
    if (this.#net.bufferedBytes === 0) {
      this.#fail(Violation.PoolExhausted);
      return;
    }
    // A close frame would wait behind bytes that the peer does not take, and hold their memory.
    this.#closeHandshake().failed(Violation.PoolExhausted, this.#core.now());
    this.#net.abort();
    this.#settle();
  }

  received(bytes: Uint8Array, start: number, end: number): void {
    this.#queue.cork();
    const violation = this.#receiver.read(bytes, start, end);
    if (violation !== undefined) this.#fail(violation);
    this.#queue.uncork();
    if (this.#queue.isBlocked && this.state === ConnState.Open && this.#queue.isFull()) {
      this.#receiver.restrain(end - start);
    }
  }

  drained(): void {
    const isTold = this.#queue.drained();
    if (this.#queue.isBlocked) return;
    this.#receiver.readOn();
    if (!isTold || this.state !== ConnState.Open) return;
    const { handlers, faults } = this.#core;
    this.cork(() => faults.call('drain', this, () => handlers.drain?.(this.app)));
  }

  ended(): void {
    if (this.state === ConnState.Closed) return;
    if (this.state === ConnState.Open) this.#leaveOpen();
    // The peer may still read what is queued for it. The close hook runs now: no message can come.
    this.#queue.writeOut();
    const limitMs = this.#core.limits.closeTimeoutSeconds * MS_PER_SECOND;
    Lingering.begin(this.#core, this.#net, limitMs, true);
    this.#settle();
  }

  closed(): void {
    if (this.state === ConnState.Open) this.#leaveOpen();
    if (this.state === ConnState.Closing) this.#settle();
  }

  sweep(nowMs: number): void {
    if (this.#closing !== null) {
      if (this.#closing.isOverdue(nowMs)) this.cut();
      return;
    }
    const violation = this.#receiver.overdue(nowMs);
    if (violation !== undefined) {
      this.#fail(violation);
      return;
    }
    this.#queue.payPong();
    const verdict = this.#receiver.idle(nowMs);
    if (verdict === IdleVerdict.Cut) this.cut();
    else if (verdict === IdleVerdict.Ping) this.#queue.ping();
  }

  pinged(bytes: Uint8Array, start: number, end: number): void {
    this.#queue.pong(bytes, start, end);
  }

  peerClosed(code: number, reason: string): void {
    if (this.state === ConnState.Open) this.#leaveOpen();
    const wasTold = this.#closing !== null;
    const closing = this.#closeHandshake();
    closing.received(code, reason, this.#core.now());
    this.#finish(closing, wasTold);
  }

  /** Enters `closing`: from now on, nothing but a close frame may be sent. */
  #leaveOpen(): void {
    this.state = ConnState.Closing;
    if (this.#topics !== null) this.#leaveTopics(this.#topics);
    // The peer's answer to a close frame comes behind everything that the peer has sent before.
    this.#receiver.readOn();
  }

  #leaveTopics(topics: ReadonlySet<Topic>): void {
    this.#topics = null;
    let bytes = 0;
    for (const topic of topics) bytes += subscriptionBytes(topic);
    this.#account.credit(bytes);
    this.#core.topics.removeAll(topics, this);
  }

  #closeHandshake(): CloseHandshake {
    return (this.#closing ??= new CloseHandshake(
      'server',
      this.#core.limits.closeTimeoutSeconds * MS_PER_SECOND,
    ));
  }

  #fail(violation: ProtocolViolation): void {
    if (this.state === ConnState.Open) this.#leaveOpen();
    const wasTold = this.#closing !== null;
    const closing = this.#closeHandshake();
    closing.failed(violation, this.#core.now());
    this.#finish(closing, wasTold);
  }

  /**
   * Writes the rest after the close handshake. The socket ends when the peer has taken the rest.
   */
  #finish(closing: CloseHandshake, wasTold: boolean): void {
    if (this.state === ConnState.Closed) return;
    if (!wasTold) this.#queue.close(closing.sentCode, closing.sentReason);
    this.#queue.writeOut();
    const limitMs = this.#core.limits.closeTimeoutSeconds * MS_PER_SECOND;
    Lingering.begin(this.#core, this.#net, limitMs);
    this.#settle();
  }

  /** Ends the connection: gives back borrowed memory and calls the close hook. */
  #settle(): void {
    this.state = ConnState.Closed;
    this.#queue.release();
    this.#receiver.stop();
    this.#account.close();
    this.#extension?.release();
    const { connections, handlers, metrics, faults, options } = this.#core;
    const code = this.#closing?.code ?? CloseCode.Abnormal;
    const reason = this.#closing?.reason ?? '';
    connections.delete(this.id);
    metrics.add(Metric.Connections, -1);
    metrics.add(closedMetric(code), 1);
    options.admission.release(this.remoteAddress);
    faults.call('close', this, () => handlers.close?.(this.app, code, reason));
  }
}

/** What a subscription takes of the memory budget. */
function subscriptionBytes(topic: Topic): number {
  return SUBSCRIPTION_BYTES + topic.length;
}
