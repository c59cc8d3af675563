/* Messages that a full queue turned away. */
import { type ConnectionHandlers, ConnState, Metric, type Metrics } from '@hioload/api';
import { RangeMessage } from '../../message/range-message.js';
import type { InnerConn } from '../../shared/app-conn.js';
import type { FaultBarrier } from '../../shared/faults.js';

/** Counts lost messages and tells them to the `dropped` hook. */
export class QueueLosses {
  readonly #handlers: ConnectionHandlers;
  readonly #metrics: Metrics;
  readonly #faults: FaultBarrier;
  readonly #message = new RangeMessage();
  #isInHook = false;

  constructor(handlers: ConnectionHandlers, metrics: Metrics, faults: FaultBarrier) {
    this.#handlers = handlers;
    this.#metrics = metrics;
    this.#faults = faults;
  }

  /** The message `bytes[start..end)` to a connection was lost. */
  tell(conn: InnerConn, bytes: Uint8Array, start: number, end: number, isBinary: boolean): void {
    this.#metrics.add(Metric.DroppedBufferFull, 1);
    // A hook that sends to the full queue loses that message too. The status of its call tells so;
    // another call of the hook would have no end.
    if (this.#handlers.dropped === undefined || this.#isInHook) return;
    // The hook of another connection that lost the same message may have ended this connection.
    if (conn.state === ConnState.Closed) return;
    this.#isInHook = true;
    this.#message.begin(bytes, start, end, isBinary);
    try {
      this.#faults.watch('dropped', this.#handlers.dropped(conn.app, this.#message), conn);
    } catch (error) {
      this.#faults.hookFailed('dropped', error, conn);
    }
    this.#message.expire();
    this.#isInHook = false;
  }
}
