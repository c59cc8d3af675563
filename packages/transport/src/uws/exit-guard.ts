type Close = () => void;

const open = new Set<Close>();

function closeAll(): void {
  for (const close of open) close();
}

/**
 * Has `close` called when the thread exits, of itself or by an uncaught error: native handles that outlive a worker abort
 * the process. A thread that is terminated from outside is not told, so it must not be.
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
