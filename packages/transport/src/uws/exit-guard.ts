/* What keeps an exiting thread from aborting the process. */
import { isMainThread } from 'node:worker_threads';

type Close = () => void;

const open = new Set<Close>();

function closeAll(): void {
  for (const close of open) close();
}

/**
 * Calls `close` when the thread exits, by itself or by an uncaught error, because native handles
 * that outlive a worker abort the process. A thread that is terminated from outside runs no such
 * call, so threads must not be terminated.
 * @returns a function that takes the registration back
 */
export function closeOnExit(close: Close): () => void {
  if (open.size === 0) process.on('exit', closeAll);
  open.add(close);
  return () => {
    open.delete(close);
    if (open.size === 0) process.off('exit', closeAll);
  };
}

const nothing = (): void => undefined;

/**
 * Makes Node run the next microtasks from JavaScript. The callbacks for messages and closes call it
 * where their hook returned a promise.
 *
 * A hook that awaits and then calls `process.exit` ends its worker in a microtask. Without this
 * call, Node runs microtasks from native code when the callback returns, and the end of the worker
 * stays pending there. The native library then takes the memory of the message back and aborts the
 * process. With a tick due, Node runs ticks and microtasks from JavaScript, where the worker ends
 * cleanly. A main thread ends at once and needs nothing.
 */
export const runMicrotasksInJavaScript: () => void = isMainThread
  ? nothing
  : () => process.nextTick(nothing);
