/* Promises of an application, and objects that act like promises. */

type Failed = (error: unknown) => void;
/** The method `then` of a promise, or of an object that acts like one. */
type Then = (this: unknown, done: (value: unknown) => void, failed: Failed) => unknown;

const thenOfPromises = Promise.prototype.then as Then;

/** The most promises that are followed for one value: one promise can lead to the next one. */
const MAX_PROMISES = 256;

/** How many more promises are followed for one value. */
interface Budget {
  left: number;
}

/** Tells whether a value can have a `then`. */
export function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

/** Tells whether a value is a promise or acts like one. @throws what the value throws */
export function isThenable(value: unknown): boolean {
  return isObject(value) && (isPromise(value) || typeof thenOf(value) === 'function');
}

/**
 * Calls one of two functions once, when the promise `value` settles. A promise for a promise is
 * followed to its end, as `await` does. A value of the application may only act like a promise: it
 * may call back twice, it may resolve with itself, or its `then` may return a promise that rejects.
 * The last two count as failures. Nobody else waits for those promises, so the rejection of one
 * would end the thread.
 * @param done must not throw
 * @param failed must not throw
 * @returns whether `value` is a promise or acts like one; if not, neither function is called
 * @throws what the value throws when its `then` is read
 */
export function follow(
  value: unknown,
  done: (value: unknown) => void,
  failed: Failed,
  budget?: Budget,
): boolean {
  if (!isObject(value)) return false;
  // A `then` that the application gave to a real promise is not called.
  const isReal = isPromise(value);
  const then = isReal ? thenOfPromises : thenOf(value);
  if (typeof then !== 'function') return false;
  const rest = budget ?? { left: MAX_PROMISES };
  if (rest.left === 0) {
    silence(value);
    failed(new TypeError(`a promise must lead to at most ${MAX_PROMISES} others; got more`));
    return true;
  }
  rest.left -= 1;
  let isSettled = false;
  const fail = (error: unknown): void => {
    silence(error);
    if (isSettled) return;
    isSettled = true;
    failed(error);
  };
  const fulfil = (outcome: unknown): void => {
    if (isSettled) {
      silence(outcome);
      return;
    }
    if (outcome === value) {
      fail(new TypeError('a promise must resolve with another value; got the promise itself'));
      return;
    }
    isSettled = true;
    try {
      if (follow(outcome, done, failed, rest)) return;
    } catch (error) {
      failed(error);
      return;
    }
    done(outcome);
  };
  try {
    const returned: unknown = (then as Then).call(value, fulfil, fail);
    if (isReal || returned === value) return true;
    if (isSettled) silence(returned);
    else follow(returned, ignore, fail, rest);
  } catch (error) {
    fail(error);
  }
  return true;
}

/**
 * Handles the rejection of a promise that has no effect any more, or that was thrown itself. The
 * rejection would end the thread otherwise. Never throws.
 */
export function silence(value: unknown): void {
  try {
    if (isObject(value) && isPromise(value)) thenOfPromises.call(value, ignore, ignore);
  } catch {
    // The value only looks like a promise, so that it cannot reject.
  }
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
