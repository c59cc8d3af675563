import { tellParent } from '../../core/child-side.js';
import type { ServeCommand, ServeReport } from '../server-messages.js';

/** Waits for the command to serve, carries it out and reports. An error ends the process, and the parent shows it. */
export function whenToldToServe(serve: (command: ServeCommand) => ServeReport | Promise<ServeReport>): void {
  process.once('message', (command: ServeCommand) => {
    void Promise.resolve(serve(command)).then(tellParent);
  });
}
