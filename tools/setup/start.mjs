// `npm start -- OPTIONS`: installs what is missing, builds what has changed and serves the echo app.
import './node-version.mjs';
import { ensureInstalled } from './ensure-installed.mjs';

await ensureInstalled();
const { buildPackages } = await import('./build-packages.mjs');
await buildPackages();
// In this process, so that a signal meant for the server has one way to go and none to get lost on.
const { main } = await import('../launcher/dist/main.js');
process.exitCode = await main(['serve', 'apps/echo/src/echo.ts', ...process.argv.slice(2)]);
