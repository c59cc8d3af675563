/* Promises of an application, and objects that act like promises. */

type Failed = (error: unknown) => void;
/** The method `then` of a promise, or of an object that acts like one. */
type Then = (this: unknown, done: (value: unknown) => void, failed: Failed) => unknown;

const thenOfPromises = Promise.prototype.then as Then;

/** The most promises that are followed, each of which the `then` of the last one returned. */
const MAX_DEPTH = 16;

/** Tells whether a value can have a `then`. */
export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Tells whether a value is a promise or acts like one. @throws what the value throws */
export function isThenable(value: unknown): boolean {
  return isObject(value) && (isPromise(value) || typeof thenOf(value) === 'function');
}

/**
 * Calls one of two functions once, when the promise `value` settles. A value of the application may
 * only act like a promise: it may call back twice, or its `then` may return a promise that rejects,
 * which counts as a failure too. Nobody else waits for that promise, so its rejection would end the
 * thread.
 * @param done must not throw
 * @param failed must not throw
 * @returns whether `value` is a promise or acts like one; if not, neither function is called
 * @throws what the value throws
 */
export function follow(
  value: unknown,
  done: (value: unknown) => void,
  failed: Failed,
  depth = 0,
): boolean {
  if (!isObject(value) || depth > MAX_DEPTH) return false;
  // A `then` that the application gave to a real promise is not called.
  const isReal = isPromise(value);
  const then = isReal ? thenOfPromises : thenOf(value);
  if (typeof then !== 'function') return false;
  let isSettled = false;
  const settle = (act: (value: unknown) => void) => (outcome: unknown) => {
    if (isSettled) return;
    isSettled = true;
    act(outcome);
  };
  const fail = settle(failed);
  const returned: unknown = (then as Then).call(value, settle(done), fail);
  if (!isReal && returned !== value) follow(returned, ignore, fail, depth + 1);
  return true;
}

/**
 * Like {@link follow}, for a value that counts: a promise for a promise is followed to its end.
 * @throws what the value throws
 */
export function followToEnd(
  value: unknown,
  done: (value: unknown) => void,
  failed: Failed,
): boolean {
  const next = (outcome: unknown): void => {
    try {
      if (followToEnd(outcome, done, failed)) return;
    } catch (error) {
      failed(error);
      return;
    }
    done(outcome);
  };
  return follow(value, next, failed);
}

/** Whether a value is a real promise, also one of another realm, such as `node:vm` makes. */
function isPromise(value: object): boolean {
  if (value instanceof Promise) return true;
  return typeof value === 'object' && Object.prototype.toString.call(value) === '[object Promise]';
}

function thenOf(value: object): unknown {
  return (value as { readonly then?: unknown }).then;
}

function ignore(): void {}
