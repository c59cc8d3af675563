// The entry point of the server process, which the launcher starts. Its arguments are the signals
// that the process ignores.
import { type EndSignal, handleEarlySignals } from '../launch/end-signals.js';
import type { FromServer } from '../launch/messages.js';

// The modules of the server take a while to load.
handleEarlySignals(process.argv.slice(2) as EndSignal[], () => {
  const nothing: FromServer = { type: 'drained', cut: 0, stuck: [] };
  if (process.send === undefined) process.exit(0);
  process.send(nothing, undefined, {}, () => process.exit(0));
});
try {
  await import('./process.js');
} catch (error) {
  const { message, stack } = error as Error;
  // The launcher writes the reason in the form of the log.
  const failed: FromServer = {
    type: 'failed',
    code: undefined,
    isBadInput: false,
    message: `the server process cannot load its modules: ${message.replaceAll(/\s+/g, ' ')}`,
    stack,
  };
  if (process.send === undefined) throw error;
  process.send(failed, undefined, {}, () => process.exit(1));
}
