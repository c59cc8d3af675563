// Runs a transport in a worker that exits in a hook, at once or after an await, and ends with the
// exit code of the worker.
import { frame, Op, RawClient } from '@hioload/test-support/wire';
import { isMainThread, Worker } from 'node:worker_threads';
import { serve } from '../support/server.js';

const { HOOK = '', ENDING } = process.env;

async function exit(): Promise<void> {
  if (ENDING === 'awaits') await Promise.resolve();
  process.exit(7);
}

if (isMainThread) {
  const worker = new Worker(new URL('./boot.mjs', import.meta.url), {
    argv: ['./exit-in-hook.ts'],
    execArgv: ['--conditions=hioload-source'],
  });
  worker.on('exit', (code) => process.exit(code));
} else {
  const server = await serve({ [HOOK]: exit });
  const client = await RawClient.open(server.port);
  for (const op of [Op.Text, Op.Ping, Op.Pong, Op.Close]) client.write(frame(op));
}
