// A thread for a test that waits until the bus admits it.
import { type MessagePort, parentPort, workerData } from 'node:worker_threads';
import { Membership } from '../../src/bus/membership.js';

/** A thread that only waits until it may publish. */
const membership = new Membership(
  (workerData as { readonly port: MessagePort }).port,
  () => undefined,
);
parentPort!.postMessage('waits');
await membership.admitted;
parentPort!.postMessage('admitted');
