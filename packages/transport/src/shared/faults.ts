/* The barrier between the hooks of an application and the code that calls them. */
import {
  CloseCode,
  follow,
  HioloadError,
  isObject,
  Metric,
  type Metrics,
  silence,
  textOfThrown,
  type WebSocketConn,
} from '@hioload/api';
import type { InnerConn } from './app-conn.js';

/** The names of the hooks, and of the work of `cork`, as errors show them. */
export type HookName =
  'upgrade' | 'open' | 'message' | 'drain' | 'dropped' | 'ping' | 'pong' | 'close' | 'cork';

/** Catches everything that a hook throws or rejects with. A fault costs one connection. */
export class FaultBarrier {
  readonly #metrics: Metrics;
  readonly #onFault: (error: HioloadError, conn: WebSocketConn | undefined) => void;

  constructor(
    metrics: Metrics,
    onFault: (error: HioloadError, conn: WebSocketConn | undefined) => void,
  ) {
    this.#metrics = metrics;
    this.#onFault = onFault;
  }

  /** Ends the connection of a failed hook with 1011, then reports the fault. Never throws. */
  hookFailed(hook: HookName, cause: unknown, conn: InnerConn | undefined): void {
    silence(cause);
    this.#metrics.add(Metric.HandlerFaults, 1);
    conn?.end(CloseCode.InternalError);
    this.#tell(toHioloadError(hook, cause, conn), conn?.app);
  }

  /**
   * Watches the promise of a hook, because a rejection is a fault of the hook.
   * @returns whether the hook returned a promise
   * @throws what a value throws that acts like a promise
   */
  watch(hook: HookName, returned: unknown, conn: InnerConn): boolean {
    // Most hooks return nothing or the status of a send: no closure is made for those.
    if (!isObject(returned)) return false;
    return follow(returned, ignore, (error) => this.hookFailed(hook, error, conn));
  }

  /** Calls a hook that is rare enough for a closure. Never throws. */
  call(hook: HookName, conn: InnerConn, call: () => unknown): void {
    try {
      this.watch(hook, call(), conn);
    } catch (error) {
      this.hookFailed(hook, error, conn);
    }
  }

  #tell(error: HioloadError, conn: WebSocketConn | undefined): void {
    try {
      this.#onFault(error, conn);
    } catch (defect) {
      throwLater(defect);
    }
  }
}

/**
 * Makes the error of a fault. An invalid decision of an upgrade hook keeps its own code; everything
 * else is the cause of a new error.
 */
function toHioloadError(hook: HookName, cause: unknown, conn: InnerConn | undefined): HioloadError {
  if (isInvalidDecision(cause)) return cause;
  const what = hook === 'cork' ? 'work in a cork' : `${hook} hook`;
  const where = conn === undefined ? '' : ` of connection ${conn.id}`;
  return new HioloadError(
    'HIOLOAD_HANDLER_FAILED',
    `the ${what}${where} failed: ${textOfThrown(cause)}`,
    {
      cause,
    },
  );
}

/** Never throws, although the cause may be a proxy whose every property throws. */
function isInvalidDecision(cause: unknown): cause is HioloadError {
  try {
    return cause instanceof HioloadError && cause.code === 'HIOLOAD_UPGRADE_INVALID';
  } catch {
    return false;
  }
}

/**
 * Throws an error of the framework itself as an uncaught exception. It is thrown later, so that it
 * does not unwind through the current callers.
 */
export function throwLater(defect: unknown): void {
  setImmediate(() => {
    throw defect;
  });
}

function ignore(): void {}
