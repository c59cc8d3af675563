import {
  type BytePool,
  type ExtensionSession,
  type Limits,
  Metric,
  type Metrics,
  type NetConn,
  type ObjectPool,
  SendStatus,
} from '@hioload/api';
import { type EncodedFrames, FrameEncoder, PendingPong } from '@hioload/protocol';
import type { OutgoingMessage } from '../message/outgoing-message.js';
import { payloadBytesOf, type SharedFrame } from './shared-frame.js';
import { writeAll } from './write-all.js';

/** What an outbox needs of the transport. */
export interface OutboxHost {
  readonly limits: Limits;
  readonly metrics: Metrics;
  readonly pool: BytePool;
  readonly encoders: ObjectPool<FrameEncoder>;
  /** Has `flush` called at the end of the turn. */
  flushLater(outbox: Outbox): void;
}

/** From how many gathered bytes on they are written without waiting for the end of the turn. */
const FLUSH_BYTES = 65_536;
/**
 * From how many bytes on a published frame is written from where it lies instead of being gathered.
 */
const SHARED_FROM_BYTES = 16_384;

/**
 * The sending half of a connection. What is sent in one turn is gathered and goes out in one write;
 * behind a peer that does not read it waits here. The encoder that gathers is on loan while there
 * is something in it, unless an extension makes it the connection's own: an idle connection has
 * none.
 */
export class Outbox {
  readonly #host: OutboxHost;
  readonly #net: NetConn;
  readonly #isExtended: boolean;
  #encoder: FrameEncoder | null = null;
  #pong: PendingPong | null = null;
  /** How many calls on the way will flush what is added meanwhile. */
  #corks = 0;
  #isBlocked = false;
  #isFlushDue = false;
  #owesDrain = false;

  constructor(host: OutboxHost, net: NetConn, extension: ExtensionSession | undefined) {
    this.#host = host;
    this.#net = net;
    this.#isExtended = extension !== undefined;
    if (extension !== undefined)
      this.#encoder = new FrameEncoder({ role: 'server', pool: host.pool, extension });
  }

  /** Whether the kernel has not taken all that was written. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  get bufferedBytes(): number {
    return this.#net.bufferedBytes + (this.#encoder === null ? 0 : this.#encoder.pendingBytes);
  }

  /** Whether more waits than is allowed. */
  isFull(): boolean {
    const { maxBufferedBytes } = this.#host.limits;
    if (!this.#isBlocked) {
      if (this.#encoder === null || this.#encoder.pendingBytes <= maxBufferedBytes) return false;
      // What is gathered is no sign of a slow peer.
      this.flush();
      if (!this.#isBlocked) return false;
    }
    return this.bufferedBytes > maxBufferedBytes;
  }

  /** Adds what is being sent, unless the queue is full or there is no memory for it: `Dropped`. */
  send(outgoing: OutgoingMessage): SendStatus {
    if (this.isFull()) return this.#turnAway();
    const encoder = this.#lend();
    const before = encoder.pendingBytes;
    if (!outgoing.encode(encoder)) return this.#turnAway();
    const { metrics } = this.#host;
    const frameBytes = encoder.pendingBytes - before;
    metrics.add(Metric.MessagesOut, 1);
    metrics.add(
      Metric.MessageBytesOut,
      this.#isExtended ? outgoing.byteLength : payloadBytesOf(frameBytes),
    );
    return this.#added(encoder);
  }

  /** Adds a published message. False where the queue is full or there is no memory for it. */
  publish(frame: SharedFrame): boolean {
    if (this.isFull()) {
      this.#turnAway();
      return false;
    }
    const { bytes, start, end } = frame;
    if (!this.#isExtended && end - start >= SHARED_FROM_BYTES && !this.#isBlocked) {
      this.flush();
      if (!this.#isBlocked) {
        this.#isBlocked = !this.#net.write(bytes, start, end, frame.retain());
        return true;
      }
    }
    const encoder = this.#lend();
    const isAdded = this.#isExtended
      ? encoder.message(bytes, frame.payloadStart, end, frame.isBinary)
      : encoder.append(frame);
    if (isAdded) this.#added(encoder);
    return isAdded;
  }

  /** Adds bytes that are no frame, or are encoded already. */
  append(encoded: EncodedFrames): void {
    const encoder = this.#lend();
    encoder.append(encoded);
    this.#added(encoder);
  }

  ping(bytes?: Uint8Array): SendStatus {
    const encoder = this.#lend();
    return encoder.ping(bytes) ? this.#added(encoder) : SendStatus.Dropped;
  }

  /**
   * Answers a ping. A peer that does not read, or for which there is no memory, is owed the last
   * pong only, which no limit of the queue holds back.
   */
  pong(bytes: Uint8Array, start: number, end: number): void {
    const encoder = this.#lend();
    if (this.#isBlocked || !encoder.pong(bytes, start, end)) {
      (this.#pong ??= new PendingPong()).owe(bytes, start, end);
      return;
    }
    this.#pong?.forgive();
    this.#added(encoder);
  }

  /**
   * Sends the pong that is owed for want of memory, if there is some by now; to be called now and
   * then.
   */
  payPong(): void {
    if (this.#isBlocked || this.#pong === null || !this.#pong.isOwed) return;
    this.#pong.pay(this.#lend());
    // Where there is still none, this gives the encoder back.
    this.flush();
  }

  /** Adds the close frame behind what is queued, however full the queue is. */
  close(code: number, reason: string): void {
    const encoder = this.#lend();
    this.#pong?.pay(encoder);
    // Where there was memory for the short close frame only: nothing follows that.
    this.#pong = null;
    encoder.close(code, reason);
    this.#added(encoder);
  }

  /** From here to `uncork` what is added is not written. May be nested. */
  cork(): void {
    this.#corks += 1;
  }

  uncork(): void {
    this.#corks -= 1;
    if (this.#corks === 0) this.flush();
  }

  /** Writes what is gathered, unless the kernel is full. */
  flush(): void {
    this.#isFlushDue = false;
    const encoder = this.#encoder;
    if (encoder === null || this.#isBlocked) return;
    this.#isBlocked = !writeAll(encoder, this.#net);
    if (this.#isExtended) return;
    this.#encoder = null;
    this.#host.encoders.release(encoder);
  }

  /**
   * The kernel has taken all that was written: the rest goes out.
   * @returns whether nothing waits any more and somebody was told that something did
   */
  drained(): boolean {
    this.#isBlocked = false;
    if (this.#pong !== null && this.#pong.isOwed) this.#pong.pay(this.#lend());
    this.flush();
    if (this.#isBlocked || !this.#owesDrain) return false;
    this.#owesDrain = false;
    return true;
  }

  /**
   * Hands all that waits to the connection below, which queues what the kernel does not take. The
   * last thing to be asked.
   */
  writeOut(): void {
    if (this.#encoder !== null) writeAll(this.#encoder, this.#net);
    this.release();
  }

  /** Drops what waits and gives back what was borrowed. Idempotent. */
  release(): void {
    const encoder = this.#encoder;
    this.#encoder = null;
    this.#pong = null;
    if (encoder === null) return;
    encoder.release();
    if (!this.#isExtended) this.#host.encoders.release(encoder);
  }

  #lend(): FrameEncoder {
    return (this.#encoder ??= this.#host.encoders.acquire());
  }

  #turnAway(): SendStatus {
    this.#owesDrain = true;
    return SendStatus.Dropped;
  }

  /** Something was added to what is to be written. */
  #added(encoder: FrameEncoder): SendStatus {
    if (!this.#isBlocked && encoder.pendingBytes >= FLUSH_BYTES) this.flush();
    if (this.#isBlocked) {
      this.#owesDrain = true;
      return SendStatus.Buffered;
    }
    if (this.#corks === 0 && !this.#isFlushDue) {
      this.#isFlushDue = true;
      this.#host.flushLater(this);
    }
    return SendStatus.Sent;
  }
}
