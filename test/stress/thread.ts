// Test support: starts the threads of the stress tests.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** Starts a module of this folder as a thread, and resolves once it says that it is ready. */
export async function startThread(entry: string, data: object): Promise<Worker> {
  const worker = new Worker(new URL('boot.mjs', import.meta.url), {
    workerData: { entry: new URL(entry, import.meta.url).href, ...data },
  });
  await once(worker, 'message');
  return worker;
}
