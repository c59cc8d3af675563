/** Runs the server of this process for the launcher. */
import { createServer } from '@hioload/reactor';
import { END_SIGNALS, type EndSignal, pastEarlySignals } from '../launch/end-signals.js';
import { INSPECT_ARGUMENT, type FromServer, type ToServer } from '../launch/messages.js';
import { openLog } from '../log/logger.js';
import { ServerLifecycle } from './lifecycle.js';

/** Resolves when the message is in the channel; at once where the launcher has gone. */
async function tell(message: FromServer): Promise<void> {
  if (!process.connected) return;
  await new Promise<void>((sent) => {
    process.send?.(message, undefined, {}, () => sent());
  });
}

const inspect = process.argv
  .find((argument) => argument.startsWith(INSPECT_ARGUMENT))
  ?.slice(INSPECT_ARGUMENT.length);

const lifecycle = new ServerLifecycle({
  createServer: (options, log) => createServer({ ...options, log }),
  createLogger: openLog,
  prepare: (log) =>
    inspect === undefined
      ? undefined
      : import('./inspector.js').then(({ openInspector }) => openInspector(inspect, log)),
  tell,
  exit: (code) => process.exit(code),
  kill: () => process.kill(process.pid, 'SIGKILL'),
});

// What an application prints goes through these streams; a closed pipe must not end the server.
// Their first use also makes sockets and pipes non-blocking, on which the log relies.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

process.on('uncaughtException', (error) => lifecycle.crash(error));
process.on('message', (message) => lifecycle.take(message as ToServer));
// The next launcher may start at once, and takes the ports of this one.
process.on('disconnect', () => void lifecycle.drain('the launcher has gone', { closeAdmin: true }));
// Where the whole control group is signalled, or somebody signals this process alone. Ctrl-C does
// not come here.
const ignored = process.argv.slice(2) as readonly EndSignal[];
for (const name of END_SIGNALS)
  if (!ignored.includes(name)) process.on(name, () => void lifecycle.drain(name));
pastEarlySignals();
