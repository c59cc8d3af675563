import { isMainThread } from 'node:worker_threads';

type Close = () => void;

const open = new Set<Close>();

function closeAll(): void {
  for (const close of open) close();
}

/**
 * Has `close` called when the thread exits, of itself or by an uncaught error: native handles that
 * outlive a worker abort the process. A thread that is terminated from outside is not told, so it
 * must not be.
 * @returns what takes that back
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
 * To be called in the callbacks for messages and closes, where a hook goes on after it. A hook that
 * awaits and then calls `process.exit` ends its worker in a microtask. Node runs those when the
 * callback returns, from native code, and there the end of the worker stays pending; the native
 * library, which takes the memory of the message back next, aborts the process for it. Where a tick
 * is due, Node runs ticks and microtasks from JavaScript, and the end is over with that. A main
 * thread ends at once.
 */
export const runMicrotasksInJavaScript: () => void = isMainThread
  ? nothing
  : () => process.nextTick(nothing);
