/* The receiving half of a connection: it reads with a borrowed reader and calls the hooks. */
import { CloseCode, ConnState, type ExtensionSession, type NetConn, Metric } from '@hioload/api';
import {
  type IdleVerdict,
  IdleWatch,
  type MessageReader,
  type MessageSink,
  type ProtocolViolation,
} from '@hioload/protocol';
import type { InnerConn } from '../../shared/app-conn.js';
import type { Allowance } from '../../shared/rate-limit.js';
import type { Account } from '../budget/account.js';
import type { NetCore } from '../core.js';

/** The connection whose bytes are read. */
export interface Receiver extends InnerConn, Allowance {
  /** A ping came that needs an answer. The payload is valid until the call returns. */
  pinged(bytes: Uint8Array, start: number, end: number): void;
  /** The close frame of the peer came. Nothing is read after it. */
  peerClosed(code: number, reason: string): void;
}

/**
 * A peer whose own queue is full is read for this many bytes more. Then the peer has to read before
 * it is read again.
 */
const MAX_FLOOD_BYTES = 65_536;
const MS_PER_SECOND = 1_000;

/**
 * Reads the bytes of a connection, notes the time of the peer's last bytes, and stops reading a
 * peer that floods. The reader comes from a pool and goes back when the last message is whole, so
 * an idle connection has none, which saves 1.5 KiB. A connection with an extension has its own
 * reader.
 */
export class MessageReceiver implements MessageSink {
  readonly #core: NetCore;
  readonly #conn: Receiver;
  readonly #net: NetConn;
  readonly #account: Account;
  readonly #isExtended: boolean;
  readonly #idle: IdleWatch;
  #reader: MessageReader | null = null;
  #isPaused = false;
  #isStopped = false;
  #floodBytes = 0;

  constructor(
    core: NetCore,
    conn: Receiver,
    net: NetConn,
    account: Account,
    extension: ExtensionSession | undefined,
  ) {
    this.#core = core;
    this.#conn = conn;
    this.#net = net;
    this.#account = account;
    this.#isExtended = extension !== undefined;
    this.#idle = new IdleWatch(core.limits.idleTimeoutSeconds * MS_PER_SECOND, core.now());
    if (extension !== undefined) this.#reader = core.newReader(this, account, extension);
  }

  /**
   * Reads `bytes[start..end)`. A hook may call `stop` meanwhile. @returns the rule that was broken
   */
  read(bytes: Uint8Array, start: number, end: number): ProtocolViolation | undefined {
    // A connection that gave its memory back may hear from its peer until it ends.
    if (this.#isStopped) return undefined;
    const { readers, sweep } = this.#core;
    this.#idle.heard(sweep.nowMs);
    let reader = this.#reader;
    if (reader === null) {
      reader = this.#reader = readers.acquire();
      reader.attach(this, this.#account);
    }
    const violation = reader.read(bytes, start, end);
    // A reader that was stopped is of no use to other connections.
    if (violation === undefined && !this.#isExtended && this.#reader !== null && reader.isAtRest) {
      this.#reader = null;
      reader.attach(null);
      readers.release(reader);
    } else {
      this.#account.keep();
    }
    return violation;
  }

  /** The hot path: this code runs for every message. */
  message(bytes: Uint8Array, start: number, end: number, isBinary: boolean): void {
    const conn = this.#conn;
    if (conn.state !== ConnState.Open) return;
    const { rateLimit, message, metrics, handlers, faults } = this.#core;
    if (rateLimit !== null && --conn.credit < 0 && !rateLimit.renew(conn, performance.now())) {
      conn.end(CloseCode.PolicyViolation, 'too many messages');
      return;
    }
    metrics.add(Metric.MessagesIn, 1);
    metrics.add(Metric.MessageBytesIn, end - start);
    message.begin(bytes, start, end, isBinary);
    try {
      const returned: unknown = handlers.message?.(conn.app, message);
      if (returned !== undefined) faults.watch('message', returned, conn);
    } catch (error) {
      faults.hookFailed('message', error, conn);
    }
    message.expire();
  }

  ping(bytes: Uint8Array, start: number, end: number): void {
    const conn = this.#conn;
    if (conn.state !== ConnState.Open) return;
    conn.pinged(bytes, start, end);
    this.#callWithPayload('ping', bytes, start, end);
  }

  pong(bytes: Uint8Array, start: number, end: number): void {
    if (this.#conn.state === ConnState.Open) this.#callWithPayload('pong', bytes, start, end);
  }

  close(code: number, reason: string): void {
    this.#conn.peerClosed(code, reason);
  }

  #callWithPayload(hook: 'ping' | 'pong', bytes: Uint8Array, start: number, end: number): void {
    const { handlers, faults } = this.#core;
    if (handlers[hook] === undefined) return;
    const conn = this.#conn;
    try {
      faults.watch(hook, handlers[hook](conn.app, bytes.subarray(start, end)), conn);
    } catch (error) {
      faults.hookFailed(hook, error, conn);
    }
  }

  /** Counts what a peer sends whose own queue is full, and stops reading at the limit. */
  restrain(byteLength: number): void {
    if (this.#isPaused) return;
    this.#floodBytes += byteLength;
    if (this.#floodBytes < MAX_FLOOD_BYTES) return;
    this.#isPaused = true;
    this.#net.pause();
  }

  /** Reads on, and counts from zero again. */
  readOn(): void {
    this.#floodBytes = 0;
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#net.resume();
  }

  /** Tells whether the message in progress takes too long. */
  overdue(nowMs: number): ProtocolViolation | undefined {
    return this.#reader?.overdue(nowMs);
  }

  /** Tells what to do about the silence of the peer. */
  idle(nowMs: number): IdleVerdict {
    return this.#idle.check(nowMs);
  }

  /** Ignores all later bytes and gives back borrowed memory. A second call does nothing. */
  stop(): void {
    this.#isStopped = true;
    this.#reader?.stop();
    this.#reader = null;
  }
}
