// Runs a transport with an open connection in a worker that ends in the way that is asked for, and
// outlives it.
import { Worker } from 'node:worker_threads';

const way = process.env['ENDING'];
for (let round = 0; round < 3; round++) {
  const worker = new Worker(new URL('./boot.mjs', import.meta.url), {
    argv: ['./worker-that-ends.ts'],
    execArgv: ['--conditions=hioload-source'],
    stderr: true,
  });
  worker.on('error', () => undefined);
  await new Promise((resolve) => worker.on('exit', resolve));
}
console.log(`outlived ${way}`);
