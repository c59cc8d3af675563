// The side of a server process: serves as its parent says, and ends with it.
import { endWithParent, tellParent } from '../core/child-side.js';
import type { ServeCommand, ServeReport, ServerCommand } from './server-messages.js';
import { collectGarbage } from './collect-garbage.js';

/** What a server tells about itself; it may consist of several processes. */
export interface Serving {
  readonly port: number;
  readonly version: string;
  /** Its processes; this one unless others are named. */
  readonly pids?: readonly number[];
}

/**
 * The side of a server process, called first thing in each: ends with its parent, carries the
 * command to serve out, and collects garbage when told to. An error ends the process, and the
 * parent shows it.
 * @param release runs before it ends
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
