// Installs what is missing. With all in place it takes milliseconds and needs no network.
import './node-version.mjs';
import { ensureInstalled } from './ensure-installed.mjs';
import { runCommand } from './failure.mjs';

await runCommand(ensureInstalled);
