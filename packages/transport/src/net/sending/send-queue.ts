/* The sending half of a connection. */
import { type ExtensionSession, Metric, type NetConn, SendStatus } from '@hioload/api';
import { type EncodedFrames, type FrameEncoder, PendingPong } from '@hioload/protocol';
import type { OutgoingMessage } from '../../message/outgoing-message.js';
import type { Account } from '../budget/account.js';
import type { Flushable, NetCore } from '../core.js';
import { payloadBytesOfFrame, type SharedFrame } from '../topics/shared-frame.js';

/** This many gathered bytes are written at once, before the end of the turn. */
const FLUSH_BYTES = 65_536;
/** A published frame of this many bytes is written from where it lies and not gathered. */
const SHARED_FROM_BYTES = 16_384;
/**
 * Up to this many bytes are lent to a write for the time of the call. A longer write gets the
 * memory along with the bytes, which takes an object but no copy.
 */
const LENT_UP_TO = 2_048;

/**
 * Gathers everything that is sent in one turn, for one write. Behind a peer that does not read, the
 * bytes wait here. The encoder that gathers comes from a pool and goes back when the bytes have
 * been written, so an idle connection has none. A connection with an extension has its own encoder.
 */
export class SendQueue implements Flushable {
  readonly #core: NetCore;
  readonly #net: NetConn;
  readonly #account: Account;
  readonly #isExtended: boolean;
  #encoder: FrameEncoder | null = null;
  #pong: PendingPong | null = null;
  /** The number of callers that are going to flush what is added meanwhile. */
  #corks = 0;
  #isBlocked = false;
  #isFlushDue = false;
  #owesDrain = false;

  constructor(
    core: NetCore,
    net: NetConn,
    account: Account,
    extension: ExtensionSession | undefined,
  ) {
    this.#core = core;
    this.#net = net;
    this.#account = account;
    this.#isExtended = extension !== undefined;
    if (extension !== undefined) this.#encoder = core.newEncoder(account, extension);
  }

  /** Whether the kernel has not taken all that was written. */
  get isBlocked(): boolean {
    return this.#isBlocked;
  }

  /** The bytes that wait for a slow peer. Gathered bytes leave within the turn and do not count. */
  get waitingBytes(): number {
    return this.#isBlocked ? this.bufferedBytes : 0;
  }

  get bufferedBytes(): number {
    return this.#net.bufferedBytes + (this.#encoder === null ? 0 : this.#encoder.pendingBytes);
  }

  /** Whether more bytes wait than `maxBufferedBytes` allows. */
  isFull(): boolean {
    const { maxBufferedBytes } = this.#core.limits;
    if (!this.#isBlocked) {
      if (this.#encoder === null || this.#encoder.pendingBytes <= maxBufferedBytes) return false;
      // Gathered bytes are no sign of a slow peer: they have not been written yet.
      this.flush();
      if (!this.#isBlocked) return false;
    }
    return this.bufferedBytes > maxBufferedBytes;
  }

  /** Adds a message. `Dropped` where the queue is full or there is no memory for the message. */
  send(outgoing: OutgoingMessage): SendStatus {
    if (this.isFull()) return this.#turnAway();
    const encoder = this.#borrow();
    const before = encoder.pendingBytes;
    if (!outgoing.encode(encoder)) return this.#turnAway();
    const { metrics } = this.#core;
    const frameBytes = encoder.pendingBytes - before;
    metrics.add(Metric.MessagesOut, 1);
    metrics.add(
      Metric.MessageBytesOut,
      this.#isExtended ? outgoing.byteLength : payloadBytesOfFrame(frameBytes),
    );
    return this.#added(encoder);
  }

  /**
   * Adds a published message.
   * @returns false where the queue is full or there is no memory for the message
   */
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
    const encoder = this.#borrow();
    const isAdded = this.#isExtended
      ? encoder.message(bytes, frame.payloadStart, end, frame.isBinary)
      : encoder.append(frame);
    if (isAdded) this.#added(encoder);
    return isAdded;
  }

  /** Adds bytes that are no frame, or that are encoded already. */
  append(encoded: EncodedFrames): void {
    const encoder = this.#borrow();
    encoder.append(encoded);
    this.#added(encoder);
  }

  ping(bytes?: Uint8Array): SendStatus {
    const encoder = this.#borrow();
    return encoder.ping(bytes) ? this.#added(encoder) : SendStatus.Dropped;
  }

  /**
   * Answers a ping. If the peer does not read, or if there is no memory, the queue keeps the answer
   * for later. It keeps only the answer to the latest ping. The limit of the queue does not hold
   * this answer back.
   */
  pong(bytes: Uint8Array, start: number, end: number): void {
    const encoder = this.#borrow();
    if (this.#isBlocked || !encoder.pong(bytes, start, end)) {
      (this.#pong ??= new PendingPong()).owe(bytes, start, end);
      return;
    }
    this.#pong?.forgive();
    this.#added(encoder);
  }

  /** Sends the pong that waits for memory. The sweep calls this method from time to time. */
  payPong(): void {
    if (this.#isBlocked || this.#pong === null || !this.#pong.isOwed) return;
    this.#pong.pay(this.#borrow());
    // Where there is still no memory, the flush gives the encoder back.
    this.flush();
  }

  /** Adds the close frame behind the queued bytes, however full the queue is. */
  close(code: number, reason: string): void {
    const encoder = this.#borrow();
    this.#pong?.pay(encoder);
    // Where there was no memory for the pong, there may be some for the short close frame. Nothing
    // follows a close frame, so the pong is not owed any more.
    this.#pong = null;
    encoder.close(code, reason);
    this.#added(encoder);
  }

  /** Holds writes back until `uncork`. Calls may be nested. */
  cork(): void {
    this.#corks += 1;
  }

  uncork(): void {
    this.#corks -= 1;
    if (this.#corks === 0) this.flush();
  }

  /** Writes the gathered bytes, unless the kernel is full. */
  flush(): void {
    this.#isFlushDue = false;
    const encoder = this.#encoder;
    if (encoder === null || this.#isBlocked) return;
    this.#isBlocked = !writeAll(encoder, this.#net);
    if (this.#isBlocked) this.#account.keep();
    if (this.#isExtended) return;
    this.#encoder = null;
    this.#giveBack(encoder);
  }

  /**
   * Notes that the kernel has taken everything that was written, and writes the rest.
   * @returns whether nothing waits any more after a caller was told that something waits
   */
  drained(): boolean {
    this.#isBlocked = false;
    if (this.#pong !== null && this.#pong.isOwed) this.#pong.pay(this.#borrow());
    this.flush();
    if (this.#isBlocked || !this.#owesDrain) return false;
    this.#owesDrain = false;
    return true;
  }

  /** Hands everything to the socket, which queues what the kernel does not take. The last call. */
  writeOut(): void {
    if (this.#encoder !== null) writeAll(this.#encoder, this.#net);
    this.release();
  }

  /** Drops the waiting bytes and gives back borrowed memory. A second call does nothing. */
  release(): void {
    const encoder = this.#encoder;
    this.#encoder = null;
    this.#pong = null;
    if (encoder === null) return;
    encoder.release();
    if (!this.#isExtended) this.#giveBack(encoder);
  }

  #borrow(): FrameEncoder {
    return this.#encoder ?? this.#borrowAnew();
  }

  #borrowAnew(): FrameEncoder {
    const encoder = this.#core.encoders.acquire();
    encoder.drawFrom(this.#account);
    this.#encoder = encoder;
    return encoder;
  }

  /** Gives an encoder to the pool. In the pool it refers to no connection. */
  #giveBack(encoder: FrameEncoder): void {
    encoder.drawFrom(this.#core.budget);
    this.#core.encoders.release(encoder);
  }

  #turnAway(): SendStatus {
    this.#owesDrain = true;
    return SendStatus.Dropped;
  }

  /** Sees to the write of what was added. */
  #added(encoder: FrameEncoder): SendStatus {
    if (!this.#isBlocked && encoder.pendingBytes >= FLUSH_BYTES) this.flush();
    if (this.#isBlocked) {
      this.#owesDrain = true;
      this.#account.keep();
      return SendStatus.Buffered;
    }
    if (this.#corks === 0 && !this.#isFlushDue) {
      this.#isFlushDue = true;
      this.#core.flushLater(this);
    }
    return SendStatus.Sent;
  }
}

/* The target and the outcome of `writeLent`, which would need a closure otherwise. */
let target: NetConn | null = null;
let isTaken = false;

function writeLent(bytes: Uint8Array, start: number, end: number): void {
  isTaken = target!.write(bytes, start, end);
}

/** Writes everything in an encoder with one call. @returns whether the kernel has taken all */
function writeAll(encoder: FrameEncoder, net: NetConn): boolean {
  isTaken = true;
  if (encoder.pendingBytes <= LENT_UP_TO) {
    target = net;
    encoder.flush(writeLent);
    target = null;
    return isTaken;
  }
  const frames = encoder.take();
  return frames === undefined || net.write(frames.bytes, frames.start, frames.end, frames);
}
