import {
  CloseCode,
  HioloadError,
  Metric,
  type Metrics,
  textOfThrown,
  type WebSocketConn,
} from '@hioload/api';

/** The hooks of an application, as messages name them. */
export type HookName =
  'upgrade' | 'open' | 'message' | 'drain' | 'dropped' | 'ping' | 'pong' | 'close';

/**
 * Keeps what a hook throws or rejects with away from what called it, and makes it cost one
 * connection.
 */
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

  /** A hook failed: its connection ends with 1011, then it is told. Never throws. */
  hookFailed(hook: HookName, cause: unknown, conn: WebSocketConn | undefined): void {
    this.#metrics.add(Metric.HandlerFaults, 1);
    conn?.end(CloseCode.InternalError);
    this.#tell(toHioloadError(hook, cause, conn), conn);
  }

  /**
   * Looks after what a hook returned: a rejection is a failure of the hook. @returns whether the
   * hook goes on
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
 * What failed keeps its own code where it is a decision that cannot be carried out; it is the cause
 * else.
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

/** Never throws, although what was thrown may be a proxy that does not let itself be looked at. */
function isInvalidDecision(cause: unknown): cause is HioloadError {
  try {
    return cause instanceof HioloadError && cause.code === 'HIOLOAD_UPGRADE_INVALID';
  } catch {
    return false;
  }
}

/**
 * Lets an error of our own be seen as uncaught, once nothing is below us that it would unwind
 * through.
 */
export function throwLater(defect: unknown): void {
  setImmediate(() => {
    throw defect;
  });
}

/** Whether a hook returned a promise, or something that acts like one. */
export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  );
}
