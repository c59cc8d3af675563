// Installs what is missing and builds what has changed.
import './node-version.mjs';
import { ensureInstalled } from './ensure-installed.mjs';

await ensureInstalled();
const { buildPackages } = await import('./build-packages.mjs');
await buildPackages();
