/**
 * The side of a child process: called first thing in each of them. The process ends when the
 * channel to its parent closes, whether the parent asked for that, was interrupted or crashed.
 * @param release runs first; it gets as long as the parent waits
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
  // An interrupt goes to the whole group of processes. The parent ends this process in its own
  // order.
  process.on('SIGINT', () => {});
}

/** Sends a report to the parent. */
export function tellParent(report: object): void {
  process.send?.(report);
}
