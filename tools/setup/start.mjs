// `npm start -- OPTIONS`: installs what is missing, builds what has changed and serves the app that
// the script in package.json names.
//
// That script says `exec`: npm runs it through a shell, and hands SIGTERM to that shell alone. A
// shell that has not given way to this process dies of it, and the server would never hear of it.
import './node-version.mjs';
import { ensureBuilt } from './ensure-built.mjs';
import { runCommand } from './failure.mjs';

await runCommand(ensureBuilt);
// In this process: a signal has one way to go, and npm sees the exit code of the launcher itself.
const { handleEarlySignals } = await import('../launcher/dist/launch/end-signals.js');
const { ignoredSignals } = await import('../launcher/dist/launch/ignored-signals.js');
handleEarlySignals(ignoredSignals(), () => process.exit(0));
const { main } = await import('../launcher/dist/main.js');
process.exitCode = await main(['serve', ...process.argv.slice(2)]);
