/**
 * Binds a child process to its parent: call this function first in each child. The process ends
 * when the channel to its parent closes. The channel closes on request of the parent, and also if
 * the parent is interrupted or crashes.
 * @param release runs first and has as much time as the parent waits
 */
export function endWithParent(release: () => void | Promise<void> = () => {}): void {
  const end = (): void => {
    void Promise.resolve(release()).finally(() => process.exit(0));
  };
  if (!process.connected) {
    end();
    return;
  }
  process.once('disconnect', end);
  // An interrupt goes to the whole group of processes. The parent ends its children in its own
  // order.
  process.on('SIGINT', () => {});
}

/** Sends a report to the parent. */
export function tellParent(report: object): void {
  process.send?.(report);
}
