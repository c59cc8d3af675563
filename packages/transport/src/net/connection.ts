import {
  assertTopic,
  type BufferFullPolicy,
  type Bytes,
  CloseCode,
  type ConnId,
  ConnState,
  type ExtensionSession,
  type NetConn,
  type NetSink,
  type PublishResult,
  type Sendable,
  type SendOptions,
  SendStatus,
  type Topic,
  type WebSocketConn,
} from '@hioload/api';
import {
  assertSendableClose,
  CloseHandshake,
  IdleVerdict,
  type ProtocolViolation,
} from '@hioload/protocol';
import { assertPingPayload } from '../shared/ping-payload.js';
import type { Subscriber } from './fan-out.js';
import type { Receiver } from './inbound.js';
import { Intake, type IntakeHost } from './intake.js';
import { Lingering } from './lingering.js';
import type { Losses } from './losses.js';
import { Outbox, type OutboxHost } from './outbox.js';
import type { OutgoingMessage } from '../message/outgoing-message.js';
import type { SharedFrame } from './shared-frame.js';
import type { Sweep, Timed } from './sweep.js';
import type { Topics } from './topics.js';

/** What a connection needs of the transport it belongs to. */
export interface ConnHost extends IntakeHost, OutboxHost {
  readonly whenBufferFull: BufferFullPolicy;
  readonly outgoing: OutgoingMessage;
  readonly losses: Losses;
  readonly topics: Topics<NetWebSocket>;
  readonly sweep: Sweep;
  readonly lingering: Set<Lingering>;
  publishFrom(
    sender: NetWebSocket,
    topic: Topic,
    message: Sendable,
    options: SendOptions | undefined,
  ): PublishResult;
  onOpen(conn: NetWebSocket): void;
  onDrain(conn: NetWebSocket): void;
  onClosed(conn: NetWebSocket, code: number, reason: string): void;
}

/** What was agreed upon in the handshake. */
export interface Agreement {
  readonly data: unknown;
  readonly protocol: string;
  readonly extension: ExtensionSession | undefined;
}

const MS_PER_SECOND = 1_000;

/** One connection: what an application sees of it, and its way from open to closed. */
export class NetWebSocket implements WebSocketConn<unknown>, Receiver, Subscriber, NetSink, Timed {
  readonly id: ConnId;
  readonly data: unknown;
  readonly remoteAddress: string;
  readonly protocol: string;
  state: ConnState = ConnState.Open;
  credit = 0;
  tokens = 0;
  refilledAtMs = 0;
  readonly #host: ConnHost;
  readonly #net: NetConn;
  readonly #intake: Intake;
  readonly #outbox: Outbox;
  readonly #extension: ExtensionSession | undefined;
  #topics: Set<Topic> | null = null;
  #closing: CloseHandshake | null = null;

  constructor(host: ConnHost, net: NetConn, id: number, { data, protocol, extension }: Agreement) {
    this.#host = host;
    this.#net = net;
    this.id = id as ConnId;
    this.data = data;
    this.protocol = protocol;
    this.remoteAddress = net.remoteAddress;
    this.#extension = extension;
    this.#intake = new Intake(host, net, extension);
    this.#outbox = new Outbox(host, net, extension);
  }

  /**
   * Opens it: `head`, the answer to the handshake, goes out together with what the open hook sends.
   * @param early what the peer sent behind its request
   */
  open(head: Uint8Array, early: Uint8Array): void {
    this.#net.start(this);
    this.#outbox.cork();
    this.#outbox.append({ bytes: head, start: 0, end: head.length, release: () => undefined });
    this.#host.onOpen(this);
    if (early.length > 0 && this.state !== ConnState.Closed) this.received(early, 0, early.length);
    this.#outbox.uncork();
  }

  get bufferedBytes(): number {
    return this.state === ConnState.Closed ? 0 : this.#outbox.bufferedBytes;
  }

  send(message: Sendable, options?: SendOptions): SendStatus {
    if (this.state !== ConnState.Open) return SendStatus.Closed;
    const { outgoing } = this.#host;
    outgoing.set(message, options);
    const status = this.#outbox.send(outgoing);
    if (status === SendStatus.Dropped) {
      outgoing.toBytes();
      this.lose(outgoing.bytes, outgoing.start, outgoing.end, outgoing.isBinary);
    }
    outgoing.clear();
    return status;
  }

  deliver(frame: SharedFrame): boolean {
    return this.#outbox.publish(frame);
  }

  lose(bytes: Uint8Array, start: number, end: number, isBinary: boolean): void {
    const isEnd = this.#host.whenBufferFull === 'close' && this.state === ConnState.Open;
    // First the decision, so that nothing the hook sends goes out after it; the close hook comes
    // last.
    if (isEnd) this.#leaveOpen();
    this.#host.losses.tell(this, bytes, start, end, isBinary);
    if (isEnd) this.cut();
  }

  ping(payload: string | Bytes = ''): SendStatus {
    assertPingPayload(payload);
    if (this.state !== ConnState.Open) return SendStatus.Closed;
    if (this.#outbox.isFull()) return SendStatus.Dropped;
    return this.#outbox.ping(
      typeof payload === 'string' ? Buffer.from(payload) : new Uint8Array(payload as ArrayBuffer),
    );
  }

  subscribe(topic: Topic): boolean {
    const { limits, topics } = this.#host;
    assertTopic(topic, limits.maxTopicBytes);
    if (this.state !== ConnState.Open) return false;
    const own = (this.#topics ??= new Set());
    if (own.has(topic)) return true;
    if (limits.maxSubscriptions > 0 && own.size >= limits.maxSubscriptions) return false;
    own.add(topic);
    topics.add(topic, this);
    return true;
  }

  unsubscribe(topic: Topic): boolean {
    const { limits, topics } = this.#host;
    assertTopic(topic, limits.maxTopicBytes);
    if (this.#topics === null || !this.#topics.delete(topic)) return false;
    topics.remove(topic, this);
    return true;
  }

  isSubscribed(topic: Topic): boolean {
    assertTopic(topic, this.#host.limits.maxTopicBytes);
    return this.#topics !== null && this.#topics.has(topic);
  }

  publish(topic: Topic, message: Sendable, options?: SendOptions): PublishResult {
    return this.#host.publishFrom(this, topic, message, options);
  }

  cork(work: () => void): void {
    this.#outbox.cork();
    try {
      work();
    } finally {
      this.#outbox.uncork();
    }
  }

  end(code: number = CloseCode.Normal, reason = ''): void {
    assertSendableClose(code, reason);
    if (this.state !== ConnState.Open) return;
    this.#leaveOpen();
    const closing = this.#closeHandshake();
    closing.end(code, reason, this.#host.now());
    this.#outbox.close(closing.sentCode, closing.sentReason);
  }

  terminate(): void {
    if (this.state !== ConnState.Open) return;
    this.#outbox.flush();
    this.#leaveOpen();
    this.#net.close();
    this.#settle();
  }

  /** Cuts it, whatever its state. */
  cut(): void {
    if (this.state === ConnState.Open) this.#leaveOpen();
    if (this.state === ConnState.Closing) this.#cut();
  }

  received(bytes: Uint8Array, start: number, end: number): void {
    this.#outbox.cork();
    const violation = this.#intake.read(this, bytes, start, end);
    if (violation !== undefined) this.#fail(violation);
    this.#outbox.uncork();
    if (this.#outbox.isBlocked && this.state === ConnState.Open && this.#outbox.isFull()) {
      this.#intake.restrain(end - start);
    }
  }

  drained(): void {
    const isTold = this.#outbox.drained();
    if (this.#outbox.isBlocked) return;
    this.#intake.readOn();
    if (isTold && this.state === ConnState.Open) this.cork(() => this.#host.onDrain(this));
  }

  ended(): void {
    this.#net.close();
    this.#lost();
  }

  closed(): void {
    this.#lost();
  }

  sweep(nowMs: number): void {
    if (this.#closing !== null) {
      if (this.#closing.isOverdue(nowMs)) this.cut();
      return;
    }
    const violation = this.#intake.overdue(nowMs);
    if (violation !== undefined) {
      this.#fail(violation);
      return;
    }
    this.#outbox.payPong();
    const verdict = this.#intake.idle(nowMs);
    if (verdict === IdleVerdict.Cut) this.cut();
    else if (verdict === IdleVerdict.Ping) this.#outbox.ping();
  }

  pinged(bytes: Uint8Array, start: number, end: number): void {
    this.#outbox.pong(bytes, start, end);
  }

  peerClosed(code: number, reason: string): void {
    if (this.state === ConnState.Open) this.#leaveOpen();
    const wasTold = this.#closing !== null;
    const closing = this.#closeHandshake();
    closing.received(code, reason, this.#host.now());
    this.#finish(closing, wasTold);
  }

  /** Nothing may be sent from now on but a close frame. */
  #leaveOpen(): void {
    this.state = ConnState.Closing;
    if (this.#topics !== null) this.#host.topics.removeAll(this.#topics, this);
    this.#topics = null;
    // The answer to our close frame lies behind whatever the peer has sent.
    this.#intake.readOn();
  }

  #closeHandshake(): CloseHandshake {
    return (this.#closing ??= new CloseHandshake(
      'server',
      this.#host.limits.closeTimeoutSeconds * MS_PER_SECOND,
    ));
  }

  #fail(violation: ProtocolViolation): void {
    if (this.state === ConnState.Open) this.#leaveOpen();
    const wasTold = this.#closing !== null;
    const closing = this.#closeHandshake();
    closing.failed(violation, this.#host.now());
    this.#finish(closing, wasTold);
  }

  /**
   * The closing handshake is over for us: the rest goes out, and the socket ends when the peer has
   * taken it.
   */
  #finish(closing: CloseHandshake, wasTold: boolean): void {
    if (this.state === ConnState.Closed) return;
    if (!wasTold) this.#outbox.close(closing.sentCode, closing.sentReason);
    this.#outbox.writeOut();
    const { sweep, lingering, limits } = this.#host;
    Lingering.begin(this.#net, sweep, lingering, limits.closeTimeoutSeconds * MS_PER_SECOND);
    this.#settle();
  }

  #cut(): void {
    this.#net.abort();
    this.#settle();
  }

  #lost(): void {
    if (this.state === ConnState.Open) this.#leaveOpen();
    if (this.state === ConnState.Closing) this.#settle();
  }

  /** It is over: what was borrowed goes back, and the application is told. */
  #settle(): void {
    this.state = ConnState.Closed;
    this.#outbox.release();
    this.#intake.stop();
    this.#extension?.release();
    this.#host.onClosed(
      this,
      this.#closing?.code ?? CloseCode.Abnormal,
      this.#closing?.reason ?? '',
    );
  }
}
