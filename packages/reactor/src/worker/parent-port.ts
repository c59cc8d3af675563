/** Takes `parentPort` out of use: a reactor has a port of its own to the supervisor. */
import type { Logger } from '@hioload/api';
import type { MessagePort } from 'node:worker_threads';

/**
 * Closes `parentPort` before the application is loaded. Nobody listens at its other end. An
 * application that posted there anyway would only fill the memory of the supervisor.
 */
export function closeParentPort(
  port: Pick<MessagePort, 'postMessage' | 'close'>,
  log: Pick<Logger, 'warn'>,
): void {
  let isTold = false;
  port.postMessage = () => {
    if (isTold) return;
    isTold = true;
    log.warn(
      'parentPort.postMessage: nobody listens to the parentPort of a reactor, so this message ' +
        'and all later ones are dropped; publish() of the context reaches the other reactors',
    );
  };
  port.close();
}
