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
import { UwsMessage } from './message.js';
import type { NativePayload, NativeSocket } from './native.js';

/**
 * Most bytes of lost published messages that are kept for the `dropped` hook until the end of the
 * turn.
 */
const MAX_KEPT_BYTES = 16 * 1024 * 1024;

/** What the losses of a transport are told apart and answered with. */
export interface LossOptions {
  readonly handlers: ConnectionHandlers;
  readonly whenBufferFull: BufferFullPolicy;
  readonly metrics: Metrics;
  readonly faults: FaultBarrier;
}

/**
 * Messages that full queues turned away: counted, told to the `dropped` hook, and with the policy
 * `close` the end of their connection.
 *
 * The native library reports a loss in the middle of its own work. What a connection sent itself is
 * dealt with when the native call is back; what was published, while the library walks its topics,
 * at the end of the turn, because a hook that subscribes, or a socket that closes, would change
 * what is being walked.
 */
export class Losses implements LossSink {
  sender: UwsConn | null = null;
  hasSuspect = false;
  readonly #options: LossOptions;
  readonly #kept = new LostMessages(MAX_KEPT_BYTES);
  readonly #message = new UwsMessage();
  #suspect: {
    readonly conn: UwsConn;
    readonly payload: ArrayBuffer;
    readonly isBinary: boolean;
  } | null = null;
  #doomed: { readonly conn: UwsConn; readonly socket: NativeSocket<UwsConn> }[] = [];
  #isFlushDue = false;
  #isInHook = false;

  constructor(options: LossOptions) {
    this.#options = options;
  }

  /** Takes the native library's word. Calls no hook and closes nothing. */
  onNativeLoss(conn: UwsConn, payload: ArrayBuffer, isBinary: boolean): void {
    // Of a closing connection it is the close frame. Of one without subscriptions it is what it
    // sends just now, which tells by its status, or a pong.
    if (conn.state !== ConnState.Open || conn.topics.size === 0) return;
    if (this.sender !== conn) {
      this.#onPublishLost(conn, payload, isBinary);
      return;
    }
    // Sending also delivers what is published and pending: which of the two it was, the status will
    // tell.
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
    // First the decision, so that nothing the hook sends goes out after it; the close event comes
    // last.
    const socket = this.#options.whenBufferFull === 'close' ? conn.startClosing() : null;
    this.#callHook(conn, payload, isBinary);
    socket?.close();
  }

  /**
   * Cuts the connections that had to wait for it. Not to be called from a report of the native
   * library.
   */
  cutDoomed(): void {
    if (this.#doomed.length === 0) return;
    this.#callKept();
    const doomed = this.#doomed;
    this.#doomed = [];
    for (const { conn, socket } of doomed) {
      // Closed by its peer meanwhile, it must not be touched.
      if (conn.state !== ConnState.Closed) socket.close();
    }
  }

  #callKept(): void {
    for (const { conn, payload, isBinary } of this.#kept.take()) {
      if (conn.state !== ConnState.Closed) this.#callHook(conn, payload, isBinary);
    }
  }

  get #isHooked(): boolean {
    return this.#options.handlers.dropped !== undefined;
  }

  #onPublishLost(conn: UwsConn, payload: ArrayBuffer, isBinary: boolean): void {
    this.#options.metrics.add(Metric.DroppedBufferFull, 1);
    if (this.#isHooked) this.#kept.keep(conn, payload, isBinary);
    if (this.#options.whenBufferFull === 'close') {
      const socket = conn.startClosing();
      if (socket !== null) this.#doomed.push({ conn, socket });
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
    // A hook that sends to the full queue again loses that too: told by its status only, or it
    // would never end.
    if (handlers.dropped === undefined || this.#isInHook) return;
    this.#isInHook = true;
    this.#message.begin(toBuffer(payload), isBinary);
    try {
      faults.watch('dropped', handlers.dropped(conn, this.#message), conn);
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
  // A typed array made from another one has a buffer of its own, and exactly its bytes.
  return new Uint8Array(bytes).buffer;
}
