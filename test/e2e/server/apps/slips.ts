// An application for tests that reaches for what belongs to the framework, when it is told to.
import { defineApp } from '@hioload/reactor';
import { parentPort, workerData } from 'node:worker_threads';

const SLIPS: Readonly<Record<string, () => unknown>> = {
  'post null': () => parentPort?.postMessage(null),
  'post a false report': () => parentPort?.postMessage({ type: 'failed' }),
  'post a false line': () => parentPort?.postMessage({ type: 'log', level: 'x' }),
  'post without end': () => {
    for (let i = 0; i < 100_000; i++) parentPort?.postMessage('x'.repeat(100));
  },
  'post a port': () => {
    const { port1 } = new MessageChannel();
    parentPort?.postMessage(port1, [port1]);
  },
  'listen to the port': () => parentPort?.on('message', () => undefined),
  'close the port': () => parentPort?.close(),
  'take the listeners away': () => parentPort?.removeAllListeners(),
  'write to workerData': () =>
    Object.assign(workerData as object, { seed: undefined, port: undefined }),
  'change shared memory': () => {
    for (const buffer of sharedMemoryIn(workerData)) new Uint8Array(buffer).fill(255);
  },
};

/** Does the slip that the message names, and answers with the message. */
export default defineApp({
  message(conn, message) {
    const slip = message.text();
    SLIPS[slip]?.();
    if (slip === 'exit in spite of all') {
      process.on('exit', () => {
        throw new Error('an exit handler fails');
      });
      setImmediate(() => process.exit(4));
    }
    if (slip === 'emit exit') setImmediate(() => process.emit('exit', 0));
    conn.send(message);
  },
});

/** All shared memory that a value holds. */
function sharedMemoryIn(value: unknown): SharedArrayBuffer[] {
  if (value instanceof SharedArrayBuffer) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(sharedMemoryIn);
}
