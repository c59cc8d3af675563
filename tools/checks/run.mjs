// `npm run check`: everything that can be checked in a minute.
import { availableParallelism } from 'node:os';
import { PARTS } from './parts.mjs';
import { runParts } from './run-parts.mjs';

const started = performance.now();
const failed = await runParts(PARTS, availableParallelism(), (text) => process.stdout.write(text));
const seconds = ((performance.now() - started) / 1000).toFixed(1);
const verdict = failed.length === 0 ? 'all passed' : `failed: ${failed.join(', ')}`;
process.stdout.write(`check: ${PARTS.length} parts, ${verdict}, ${seconds} s\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
