import {
  type BytePool,
  CloseCode,
  type ConnectionHandlers,
  ConnState,
  type ExtensionSession,
  type Limits,
  Metric,
  type Metrics,
  type WebSocketConn,
} from '@hioload/api';
import { MessageReader, type MessageSink } from '@hioload/protocol';
import type { FaultBarrier } from '../shared/faults.js';
import type { Allowance, RateLimit } from '../shared/rate-limit.js';
import type { RangeMessage } from '../message/range-message.js';

/** Whose bytes are being read. */
export interface Receiver extends WebSocketConn<unknown>, Allowance {
  /** A ping came, to be answered. The payload is valid until the call returns. */
  pinged(bytes: Uint8Array, start: number, end: number): void;
  /** The close frame of the peer came, the last thing that is read. */
  peerClosed(code: number, reason: string): void;
}

/** What reading needs of the transport. */
export interface InboundHost {
  readonly handlers: ConnectionHandlers;
  readonly metrics: Metrics;
  readonly limits: Limits;
  readonly faults: FaultBarrier;
  /** How many messages a connection may send; null for any number. */
  readonly rateLimit: RateLimit | null;
  /** The one object that stands for every message. */
  readonly message: RangeMessage;
  readonly pool: BytePool;
  /** Milliseconds, coarse. */
  now(): number;
}

const MS_PER_SECOND = 1_000;

/**
 * The receiving half of a connection, lent to it for the bytes of a read, and as long as a message
 * is not whole: idle connections have none, which spares each 1.5 KiB.
 */
export class Inbound implements MessageSink {
  readonly reader: MessageReader;
  readonly #host: InboundHost;
  #conn: Receiver | null = null;

  constructor(host: InboundHost, extension: ExtensionSession | undefined) {
    const { limits, pool } = host;
    this.#host = host;
    this.reader = new MessageReader(this, {
      role: 'server',
      maxMessageBytes: limits.maxPayloadBytes,
      maxFragments: limits.maxFragments,
      assemblyMs: limits.messageTimeoutSeconds * MS_PER_SECOND,
      pool,
      extension,
      now: () => host.now(),
    });
  }

  /**
   * Makes it the connection's, or with null nobody's: one that waits to be lent must not keep alive
   * whom it was lent to.
   */
  lend(conn: Receiver | null): void {
    this.#conn = conn;
  }

  /** The hot path: what happens here happens for every message. */
  message(bytes: Uint8Array, start: number, end: number, isBinary: boolean): void {
    const conn = this.#conn!;
    if (conn.state !== ConnState.Open) return;
    const { rateLimit, message, metrics, handlers, faults } = this.#host;
    if (rateLimit !== null && --conn.credit < 0 && !rateLimit.renew(conn, performance.now())) {
      conn.end(CloseCode.PolicyViolation, 'too many messages');
      return;
    }
    metrics.add(Metric.MessagesIn, 1);
    metrics.add(Metric.MessageBytesIn, end - start);
    message.begin(bytes, start, end, isBinary);
    try {
      const returned: unknown = handlers.message?.(conn, message);
      if (returned !== undefined) faults.watch('message', returned, conn);
    } catch (error) {
      faults.hookFailed('message', error, conn);
    }
    message.expire();
  }

  ping(bytes: Uint8Array, start: number, end: number): void {
    const conn = this.#conn!;
    if (conn.state !== ConnState.Open) return;
    conn.pinged(bytes, start, end);
    this.#callWithPayload('ping', conn, bytes, start, end);
  }

  pong(bytes: Uint8Array, start: number, end: number): void {
    const conn = this.#conn!;
    if (conn.state === ConnState.Open) this.#callWithPayload('pong', conn, bytes, start, end);
  }

  close(code: number, reason: string): void {
    this.#conn!.peerClosed(code, reason);
  }

  #callWithPayload(
    hook: 'ping' | 'pong',
    conn: Receiver,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    const { handlers, faults } = this.#host;
    if (handlers[hook] === undefined) return;
    try {
      faults.watch(hook, handlers[hook](conn, bytes.subarray(start, end)), conn);
    } catch (error) {
      faults.hookFailed(hook, error, conn);
    }
  }
}
