/* Messages that the full queues of the native library turned away. */
import {
  type BufferFullPolicy,
  type ConnectionHandlers,
  ConnState,
  Metric,
  type Metrics,
} from '@hioload/api';
import type { FaultBarrier } from '../shared/faults.js';
import type { LossSink, UwsConn } from './connection.js';
import { LostMessages } from './lost-messages.js';
import { UwsMessage } from './uws-message.js';
import type { NativePayload } from './native.js';

/** The most bytes of lost published messages that wait for the `dropped` hook. */
const MAX_KEPT_BYTES = 16 * 1024 * 1024;

/** The parts of the losses. */
export interface NativeLossOptions {
  readonly handlers: ConnectionHandlers;
  readonly whenBufferFull: BufferFullPolicy;
  readonly metrics: Metrics;
  readonly faults: FaultBarrier;
}

/**
 * Counts lost messages and tells them to the `dropped` hook. With the policy `close` a loss ends
 * its connection.
 *
 * The native library reports a loss in the middle of its own work. The loss of a sent message is
 * handled when the native call has returned. The loss of a published message is handled at the end
 * of the turn, because the library reports it while it walks its topics: a hook that subscribes, or
 * a socket that closes, would change the topics during the walk.
 */
export class NativeLosses implements LossSink {
  sender: UwsConn | null = null;
  hasSuspect = false;
  told: UwsConn | null = null;
  toldBufferedBytes = 0;
  readonly #options: NativeLossOptions;
  readonly #kept = new LostMessages(MAX_KEPT_BYTES);
  readonly #message = new UwsMessage();
  #suspect: {
    readonly conn: UwsConn;
    readonly payload: ArrayBuffer;
    readonly isBinary: boolean;
  } | null = null;
  #doomed: UwsConn[] = [];
  #isFlushDue = false;
  #isInHook = false;

  constructor(options: NativeLossOptions) {
    this.#options = options;
  }

  /** Takes the report of the native library. Calls no hook and closes nothing. */
  onNativeLoss(conn: UwsConn, payload: ArrayBuffer, isBinary: boolean): void {
    // A closing connection loses its close frame. A connection without subscriptions loses the
    // message that it sends at this moment, which the status of that call tells, or a pong.
    if (conn.state !== ConnState.Open || conn.topics.size === 0) return;
    if (this.sender !== conn) {
      this.#onPublishLost(conn, payload, isBinary);
      return;
    }
    // A send also delivers pending published messages. The status of the send tells which message
    // was lost.
    this.hasSuspect = true;
    this.#suspect = { conn, payload: this.#isHooked ? payload.slice(0) : payload, isBinary };
  }

  settleSuspect(isOwn: boolean): void {
    const suspect = this.#suspect;
    this.#suspect = null;
    this.hasSuspect = false;
    if (suspect !== null && !isOwn)
      this.#onPublishLost(suspect.conn, suspect.payload, suspect.isBinary);
  }

  onSendLost(conn: UwsConn, payload: NativePayload, isBinary: boolean): void {
    this.#options.metrics.add(Metric.DroppedBufferFull, 1);
    // The state changes first, so that nothing that the hook sends goes out. The close event comes
    // last.
    const isEnd = this.#options.whenBufferFull === 'close' && conn.startClosing() !== null;
    this.#callHook(conn, payload, isBinary);
    if (isEnd) conn.cut();
  }

  /** Cuts the connections that wait for it. A report of the native library must not call this. */
  cutDoomed(): void {
    if (this.#doomed.length === 0) return;
    this.#callKept();
    const doomed = this.#doomed;
    this.#doomed = [];
    for (const conn of doomed) conn.cut();
  }

  #callKept(): void {
    for (const { conn, payload, isBinary, bufferedBytes } of this.#kept.take()) {
      if (conn.state === ConnState.Closed) continue;
      // The peer may have taken bytes between the loss and the end of the turn.
      this.told = conn;
      this.toldBufferedBytes = bufferedBytes;
      this.#callHook(conn, payload, isBinary);
      this.told = null;
    }
  }

  get #isHooked(): boolean {
    return this.#options.handlers.dropped !== undefined;
  }

  #onPublishLost(conn: UwsConn, payload: ArrayBuffer, isBinary: boolean): void {
    this.#options.metrics.add(Metric.DroppedBufferFull, 1);
    if (this.#isHooked) this.#kept.keep(conn, payload, isBinary);
    if (this.#options.whenBufferFull === 'close') {
      if (conn.startClosing() !== null) this.#doomed.push(conn);
    } else if (!this.#isHooked) {
      return;
    }
    if (this.#isFlushDue) return;
    this.#isFlushDue = true;
    setImmediate(() => {
      this.#isFlushDue = false;
      this.#callKept();
      this.cutDoomed();
    });
  }

  #callHook(conn: UwsConn, payload: NativePayload, isBinary: boolean): void {
    const { handlers, faults } = this.#options;
    // A hook that sends to the full queue loses that message too. The status of its call tells so;
    // another call of the hook would have no end.
    if (handlers.dropped === undefined || this.#isInHook) return;
    this.#isInHook = true;
    this.#message.begin(toBuffer(payload), isBinary);
    try {
      faults.watch('dropped', handlers.dropped(conn.app, this.#message), conn);
    } catch (error) {
      faults.hookFailed('dropped', error, conn);
    }
    this.#message.expire();
    this.#isInHook = false;
  }
}

function toBuffer(payload: NativePayload): ArrayBuffer {
  if (payload instanceof ArrayBuffer) return payload;
  const bytes =
    typeof payload === 'string' ? Buffer.from(payload) : new Uint8Array(payload as ArrayBufferLike);
  // A typed array made from another one has a buffer with exactly these bytes.
  return new Uint8Array(bytes).buffer;
}
