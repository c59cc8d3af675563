import { CloseCode, HioloadError, Metric, type Metrics } from '@hioload/api';
import type { UwsConn } from './connection.js';

/** The hooks of an application, as messages name them. */
export type HookName = 'upgrade' | 'open' | 'message' | 'drain' | 'dropped' | 'ping' | 'pong' | 'close';

/** Keeps what a hook throws or rejects with away from the native library, and makes it cost one connection. */
export class FaultBarrier {
  readonly #metrics: Metrics;
  readonly #onFault: (error: unknown, conn: UwsConn | undefined) => void;

  constructor(metrics: Metrics, onFault: (error: unknown, conn: UwsConn | undefined) => void) {
    this.#metrics = metrics;
    this.#onFault = onFault;
  }

  /** A hook failed: its connection ends with 1011, then it is told. Never throws. */
  hookFailed(hook: HookName, cause: unknown, conn: UwsConn | undefined): void {
    this.#metrics.add(Metric.HandlerFaults, 1);
    conn?.end(CloseCode.InternalError);
    const where = conn === undefined ? '' : ` of connection ${conn.id}`;
    const what = cause instanceof Error ? cause.message : String(cause);
    this.tell(new HioloadError('HIOLOAD_HANDLER_FAILED', `the ${hook} hook${where} failed: ${what}`, { cause }), conn);
  }

  /** Tells of an error. Never throws. */
  tell(error: unknown, conn: UwsConn | undefined): void {
    try {
      this.#onFault(error, conn);
    } catch (broken) {
      // That must not throw, but if it does it is to be seen, and not to unwind through a native callback.
      setImmediate(() => {
        throw broken;
      });
    }
  }

  /** Looks after what a hook returned: a rejection is a failure of the hook. */
  watch(hook: HookName, returned: unknown, conn: UwsConn): void {
    if (!isThenable(returned)) return;
    returned.then(undefined, (error: unknown) => this.hookFailed(hook, error, conn));
  }
}

/** Whether a hook returned a promise, or something that acts like one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
