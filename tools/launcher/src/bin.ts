import { main } from './main.js';

// A reader that goes away early (`| head`) is no fault; what was asked for has been done.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

process.exitCode = await main(process.argv.slice(2));
