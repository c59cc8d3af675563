// The server process as its parent sees it: serves on command, and ends with the parent.
import { endWithParent, tellParent } from '../core/child-side.js';
import type { ServeCommand, ServeReport, ServerCommand } from './server-messages.js';
import { collectGarbage } from './collect-garbage.js';

/** The report of a server about itself. A server may consist of several processes. */
export interface Serving {
  readonly port: number;
  readonly version: string;
  /** The processes of the server. Default: this process. */
  readonly pids?: readonly number[];
}

/**
 * Runs a server process: call this function first in each one. The process ends with its parent,
 * carries out the command to serve, and collects garbage on command. An error ends the process, and
 * the parent shows the error.
 * @param release runs before the process ends
 */
export function serveParent(
  serve: (command: ServeCommand) => Serving | Promise<Serving>,
  release?: () => void | Promise<void>,
): void {
  endWithParent(release);
  process.on('message', (command: ServerCommand) => {
    if (command.kind === 'collect') {
      void collectGarbage().then(() => tellParent({ kind: 'collected' }));
      return;
    }
    void Promise.resolve(serve(command)).then(({ port, version, pids = [process.pid] }) =>
      tellParent({ kind: 'serving', port, version, pids } satisfies ServeReport),
    );
  });
}
