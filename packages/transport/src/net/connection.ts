import {
  type BufferFullPolicy,
  type Bytes,
  CloseCode,
  type ConnId,
  ConnState,
  type ExtensionSession,
  Metric,
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
  FrameEncoder,
  IdleVerdict,
  IdleWatch,
  PendingPong,
  type ProtocolViolation,
} from '@hioload/protocol';
import { assertPingPayload } from '../shared/ping-payload.js';
import { assertTopic } from '../shared/topic.js';
import { Inbound, type InboundHost, type Receiver } from './inbound.js';
import type { Lender } from './lender.js';
import { Lingering } from './lingering.js';
import type { Losses } from './losses.js';
import type { Outgoing } from './outgoing.js';
import { payloadBytesOf, type SharedFrame } from './shared-frame.js';
import type { Sweep, Timed } from './sweep.js';
import type { Topics } from './topics.js';
import { writeAll } from './write-all.js';

/** What a connection needs of the transport it belongs to. */
export interface ConnHost extends InboundHost {
  readonly whenBufferFull: BufferFullPolicy;
  readonly outgoing: Outgoing;
  readonly losses: Losses;
  readonly topics: Topics<NetWebSocket>;
  readonly encoders: Lender<FrameEncoder>;
  readonly inbounds: Lender<Inbound>;
  readonly sweep: Sweep;
  readonly lingering: Set<Lingering>;
  /** Has `flush` called at the end of the turn. */
  flushLater(conn: NetWebSocket): void;
  publishFrom(
    sender: NetWebSocket,
    topic: Topic,
    message: Sendable,
    options: SendOptions | undefined,
  ): PublishResult;
  onOpen(conn: NetWebSocket): void;
  onClosed(conn: NetWebSocket, code: number, reason: string): void;
}

/** What was agreed upon in the handshake. */
export interface Agreement {
  readonly data: unknown;
  readonly protocol: string;
  readonly extension: ExtensionSession | undefined;
}

/** From how many gathered bytes on they are written without waiting for the end of the turn. */
const FLUSH_BYTES = 65_536;
/** From how many bytes on a published frame is written from where it lies instead of being gathered. */
const SHARED_FROM_BYTES = 16_384;
/** What is still read of a peer whose own outbound queue is full, in bytes; then it has to read before it is read on. */
const MAX_FLOOD_BYTES = 65_536;
const MS_PER_SECOND = 1_000;

/** One connection. It holds what an idle connection needs; encoders and readers are lent to it while it has something to do. */
export class NetWebSocket implements WebSocketConn<unknown>, Receiver, NetSink, Timed {
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
  readonly #extension: ExtensionSession | undefined;
  readonly #idle: IdleWatch;
  /** What has been sent and not been written. With an extension it is the connection's own, else on loan. */
  #encoder: FrameEncoder | null = null;
  #inbound: Inbound | null = null;
  #topics: Set<Topic> | null = null;
  #closing: CloseHandshake | null = null;
  #pong: PendingPong | null = null;
  /** How many calls on the way will write what is sent meanwhile. */
  #corks = 0;
  /** Whether the kernel has not taken all that was written. */
  #isBlocked = false;
  #isFlushDue = false;
  #owesDrain = false;
  #isPaused = false;
  #floodBytes = 0;

  constructor(host: ConnHost, net: NetConn, id: number, { data, protocol, extension }: Agreement) {
    this.#host = host;
    this.#net = net;
    this.id = id as ConnId;
    this.data = data;
    this.protocol = protocol;
    this.remoteAddress = net.remoteAddress;
    this.#extension = extension;
    this.#idle = new IdleWatch(host.limits.idleTimeoutSeconds * MS_PER_SECOND, host.now());
    if (extension === undefined) return;
    this.#encoder = new FrameEncoder({ role: 'server', pool: host.pool, extension });
    this.#inbound = new Inbound(host, extension);
    this.#inbound.lend(this);
  }

  /**
   * Opens it: `head`, the answer to the handshake, goes out together with what the open hook sends.
   * @param early what the peer sent behind its request, `early[start..)`
   */
  open(head: Uint8Array, early: Uint8Array, start: number): void {
    this.#net.start(this);
    this.#corks += 1;
    this.#lendEncoder().append({ bytes: head, start: 0, end: head.length, release: () => undefined });
    this.#host.onOpen(this);
    if (start < early.length && this.state !== ConnState.Closed) this.received(early, start, early.length);
    this.#uncork();
  }

  get #hasOwnCodec(): boolean {
    return this.#extension !== undefined;
  }

  get bufferedBytes(): number {
    if (this.state === ConnState.Closed) return 0;
    return this.#net.bufferedBytes + (this.#encoder === null ? 0 : this.#encoder.pendingBytes);
  }

  send(message: Sendable, options?: SendOptions): SendStatus {
    if (this.state !== ConnState.Open) return SendStatus.Closed;
    const { outgoing } = this.#host;
    outgoing.prepare(message, options);
    return this.#transmit(outgoing);
  }

  #transmit(outgoing: Outgoing): SendStatus {
    const { metrics } = this.#host;
    if (!this.#isFull()) {
      const encoder = this.#lendEncoder();
      const before = encoder.pendingBytes;
      if (outgoing.encode(encoder)) {
        const added = encoder.pendingBytes - before;
        metrics.add(Metric.MessagesOut, 1);
        metrics.add(Metric.MessageBytesOut, this.#hasOwnCodec ? outgoing.byteLength : payloadBytesOf(added));
        outgoing.clear();
        return this.#gathered(encoder);
      }
    }
    this.#owesDrain = true;
    outgoing.toBytes();
    const { bytes, start, end, isBinary } = outgoing;
    outgoing.clear();
    this.lose(bytes, start, end, isBinary);
    return SendStatus.Dropped;
  }

  /** Takes one published message. False where it is lost: then `lose` is due, once no topic is being walked. */
  deliver(frame: SharedFrame): boolean {
    if (this.#isFull()) {
      this.#owesDrain = true;
      return false;
    }
    const { bytes, start, end } = frame;
    if (this.#extension !== undefined) {
      const encoder = this.#lendEncoder();
      if (!encoder.message(bytes, frame.payloadStart, end, frame.isBinary)) return false;
      this.#gathered(encoder);
      return true;
    }
    if (end - start >= SHARED_FROM_BYTES && !this.#isBlocked) {
      this.flush();
      if (!this.#isBlocked) {
        this.#isBlocked = !this.#net.write(bytes, start, end, frame.retain());
        return true;
      }
    }
    const encoder = this.#lendEncoder();
    if (!encoder.append(frame)) return false;
    this.#gathered(encoder);
    return true;
  }

  /** A message to it was lost: counted, told, and under the policy `close` its end. */
  lose(bytes: Uint8Array, start: number, end: number, isBinary: boolean): void {
    const isEnd = this.#host.whenBufferFull === 'close' && this.state === ConnState.Open;
    // First the decision, so that nothing the hook sends goes out after it; the close hook comes last.
    if (isEnd) this.#leaveOpen();
    this.#host.losses.tell(this, bytes, start, end, isBinary);
    if (isEnd) this.#cut(CloseCode.Abnormal);
  }

  ping(payload: string | Bytes = ''): SendStatus {
    assertPingPayload(payload);
    if (this.state !== ConnState.Open) return SendStatus.Closed;
    if (this.#isFull()) return SendStatus.Dropped;
    const encoder = this.#lendEncoder();
    const bytes = typeof payload === 'string' ? Buffer.from(payload) : new Uint8Array(payload as ArrayBuffer);
    return encoder.ping(bytes) ? this.#gathered(encoder) : SendStatus.Dropped;
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
    this.#corks += 1;
    try {
      work();
    } finally {
      this.#uncork();
    }
  }

  end(code: number = CloseCode.Normal, reason = ''): void {
    assertSendableClose(code, reason);
    if (this.state !== ConnState.Open) return;
    this.#leaveOpen();
    const closing = this.#closeHandshake();
    closing.end(code, reason, this.#host.now());
    this.#sendClose(closing);
  }

  terminate(): void {
    if (this.state !== ConnState.Open) return;
    this.flush();
    this.#leaveOpen();
    this.#net.close();
    this.#settle(CloseCode.Abnormal, '');
  }

  /** Cuts it whatever its state. Only `closed` outlives this. */
  cut(): void {
    if (this.state === ConnState.Open) this.#leaveOpen();
    if (this.state === ConnState.Closing) this.#cut(this.#closing?.code ?? CloseCode.Abnormal);
  }

  received(bytes: Uint8Array, start: number, end: number): void {
    const { inbounds, now } = this.#host;
    this.#idle.heard(now());
    let inbound = this.#inbound;
    if (inbound === null) {
      inbound = inbounds.lend();
      inbound.lend(this);
    }
    this.#corks += 1;
    const { reader } = inbound;
    const violation = reader.read(bytes, start, end);
    if (violation !== undefined) this.#fail(violation);
    if (this.state === ConnState.Closed) {
      // What came of the rest was nothing to anybody; a reader that was stopped is of no use to others.
      reader.stop();
      this.#inbound = null;
    } else if (this.#extension === undefined) {
      if (reader.isAtRest) {
        this.#inbound = null;
        inbounds.takeBack(inbound);
      } else {
        this.#inbound = inbound;
      }
    }
    this.#uncork();
    if (this.#isBlocked) this.#restrain(end - start);
  }

  drained(): void {
    this.#isBlocked = false;
    if (this.#pong !== null && this.#pong.isOwed) this.#pong.pay(this.#lendEncoder());
    this.flush();
    if (this.#isBlocked) return;
    this.#readOn();
    if (!this.#owesDrain || this.state !== ConnState.Open) return;
    this.#owesDrain = false;
    this.#callDrain();
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
    const violation = this.#inbound?.reader.overdue(nowMs);
    if (violation !== undefined) {
      this.#fail(violation);
      return;
    }
    const verdict = this.#idle.check(nowMs);
    if (verdict === IdleVerdict.Cut) {
      this.cut();
    } else if (verdict === IdleVerdict.Ping) {
      const encoder = this.#lendEncoder();
      encoder.ping();
      this.#gathered(encoder);
    }
  }

  pinged(bytes: Uint8Array, start: number, end: number): void {
    const encoder = this.#lendEncoder();
    // A peer that does not read is owed the last pong only, whatever its queue holds.
    if (this.#isBlocked || !encoder.pong(bytes, start, end)) (this.#pong ??= new PendingPong()).owe(bytes, start, end);
  }

  peerClosed(code: number, reason: string): void {
    if (this.state === ConnState.Open) this.#leaveOpen();
    const wasSent = this.#closing !== null;
    const closing = this.#closeHandshake();
    closing.received(code, reason, this.#host.now());
    this.#finish(closing, wasSent);
  }

  /** Writes what is gathered, unless the kernel is full. */
  flush(): void {
    this.#isFlushDue = false;
    const encoder = this.#encoder;
    if (encoder === null || this.#isBlocked) return;
    this.#isBlocked = !writeAll(encoder, this.#net);
    if (this.#extension !== undefined) return;
    this.#encoder = null;
    this.#host.encoders.takeBack(encoder);
  }

  #lendEncoder(): FrameEncoder {
    return (this.#encoder ??= this.#host.encoders.lend());
  }

  /** Something was added to what is to be written. */
  #gathered(encoder: FrameEncoder): SendStatus {
    if (!this.#isBlocked && encoder.pendingBytes >= FLUSH_BYTES) this.flush();
    if (this.#isBlocked) {
      this.#owesDrain = true;
      return SendStatus.Buffered;
    }
    if (this.#corks === 0) this.#flushLater();
    return SendStatus.Sent;
  }

  #flushLater(): void {
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    this.#host.flushLater(this);
  }

  #isFull(): boolean {
    const { maxBufferedBytes } = this.#host.limits;
    if (!this.#isBlocked) {
      if (this.#encoder === null || this.#encoder.pendingBytes <= maxBufferedBytes) return false;
      // What is gathered is no sign of a slow peer.
      this.flush();
      if (!this.#isBlocked) return false;
    }
    return this.bufferedBytes > maxBufferedBytes;
  }

  #uncork(): void {
    this.#corks -= 1;
    if (this.#corks === 0 && this.state !== ConnState.Closed) this.flush();
  }

  /** A peer that floods us and does not read what it gets for it is not read any more. */
  #restrain(byteLength: number): void {
    if (this.state !== ConnState.Open || this.bufferedBytes <= this.#host.limits.maxBufferedBytes) return;
    this.#floodBytes += byteLength;
    if (this.#floodBytes < MAX_FLOOD_BYTES || this.#isPaused) return;
    this.#isPaused = true;
    this.#net.pause();
  }

  #readOn(): void {
    this.#floodBytes = 0;
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#net.resume();
  }

  #callDrain(): void {
    const { handlers, faults } = this.#host;
    if (handlers.drain === undefined) return;
    this.#corks += 1;
    try {
      faults.watch('drain', handlers.drain(this), this);
    } catch (error) {
      faults.hookFailed('drain', error, this);
    }
    this.#uncork();
  }

  /** Nothing may be sent from now on but a close frame. */
  #leaveOpen(): void {
    this.state = ConnState.Closing;
    if (this.#topics !== null) this.#host.topics.removeAll(this.#topics, this);
    this.#topics = null;
    // The answer to our close frame lies behind whatever the peer has sent.
    this.#readOn();
  }

  #closeHandshake(): CloseHandshake {
    return (this.#closing ??= new CloseHandshake('server', this.#host.limits.closeTimeoutSeconds * MS_PER_SECOND));
  }

  /** Adds the close frame behind what is queued, however full the queue is. */
  #sendClose({ sentCode, sentReason }: CloseHandshake): void {
    const encoder = this.#lendEncoder();
    if (this.#pong !== null && this.#pong.isOwed) this.#pong.pay(encoder);
    encoder.close(sentCode, sentReason);
    this.#gathered(encoder);
  }

  #fail(violation: ProtocolViolation): void {
    if (this.state === ConnState.Open) this.#leaveOpen();
    const wasSent = this.#closing !== null;
    const closing = this.#closeHandshake();
    closing.failed(violation, this.#host.now());
    this.#finish(closing, wasSent);
  }

  /** The closing handshake is over for us: the rest goes out, and the socket ends when the peer has taken it. */
  #finish(closing: CloseHandshake, wasSent: boolean): void {
    if (this.state === ConnState.Closed) return;
    if (!wasSent) this.#sendClose(closing);
    if (this.#encoder !== null) writeAll(this.#encoder, this.#net);
    const { sweep, lingering, limits, now } = this.#host;
    new Lingering(this.#net, sweep, lingering, now() + limits.closeTimeoutSeconds * MS_PER_SECOND);
    this.#settle(closing.code, closing.reason);
  }

  #cut(code: number): void {
    this.#net.abort();
    this.#settle(code, this.#closing?.reason ?? '');
  }

  #lost(): void {
    if (this.state === ConnState.Open) this.#leaveOpen();
    if (this.state === ConnState.Closed) return;
    this.#settle(this.#closing?.code ?? CloseCode.Abnormal, this.#closing?.reason ?? '');
  }

  /** It is over: what was borrowed goes back, and the application is told. */
  #settle(code: number, reason: string): void {
    this.state = ConnState.Closed;
    const encoder = this.#encoder;
    this.#encoder = null;
    encoder?.release();
    if (encoder !== null && this.#extension === undefined) this.#host.encoders.takeBack(encoder);
    this.#inbound?.reader.stop();
    this.#inbound = null;
    this.#extension?.release();
    this.#host.onClosed(this, code, reason);
  }
}
