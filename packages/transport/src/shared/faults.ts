/* The barrier between the hooks of an application and the code that calls them. */
import {
  CloseCode,
  HioloadError,
  Metric,
  type Metrics,
  textOfThrown,
  type WebSocketConn,
} from '@hioload/api';

/** The names of the hooks, as errors show them. */
export type HookName =
  'upgrade' | 'open' | 'message' | 'drain' | 'dropped' | 'ping' | 'pong' | 'close';

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
  hookFailed(hook: HookName, cause: unknown, conn: WebSocketConn | undefined): void {
    this.#metrics.add(Metric.HandlerFaults, 1);
    conn?.end(CloseCode.InternalError);
    this.#tell(toHioloadError(hook, cause, conn), conn);
  }

  /**
   * Watches the promise of a hook, because a rejection is a fault of the hook.
   * @returns whether the hook returned a promise
   */
  watch(hook: HookName, returned: unknown, conn: WebSocketConn): boolean {
    if (!isThenable(returned)) return false;
    returned.then(undefined, (error: unknown) => this.hookFailed(hook, error, conn));
    return true;
  }

  /** Calls a hook that is rare enough for a closure. Never throws. */
  call(hook: HookName, conn: WebSocketConn, call: () => unknown): void {
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
function toHioloadError(
  hook: HookName,
  cause: unknown,
  conn: WebSocketConn | undefined,
): HioloadError {
  if (isInvalidDecision(cause)) return cause;
  const where = conn === undefined ? '' : ` of connection ${conn.id}`;
  return new HioloadError(
    'HIOLOAD_HANDLER_FAILED',
    `the ${hook} hook${where} failed: ${textOfThrown(cause)}`,
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

/** Tells whether a value is a promise or acts like one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}
