// Installs what is missing and builds what has changed.
import './node-version.mjs';
import { ensureBuilt } from './ensure-built.mjs';
import { runCommand } from './failure.mjs';

await runCommand(ensureBuilt);
