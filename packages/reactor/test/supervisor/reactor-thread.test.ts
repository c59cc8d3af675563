// Tests of the supervisor's view of one reactor thread, with a worker that the test drives.
import { HioloadError } from '@hioload/api';
import { Heartbeat, MetricsBlock, type Region } from '@hioload/pool';
import { EventEmitter } from 'node:events';
import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { ReactorThread } from '../../src/supervisor/reactor-thread.js';
import type { PortableError } from '../../src/worker/portable-error.js';

const FAILURE: PortableError = {
  code: 'HIOLOAD_PART_FAILED',
  message: 'transport: no card',
  stack: undefined,
  cause: { name: 'Error', message: 'no card', stack: undefined, code: undefined, cause: undefined },
};

interface Started {
  readonly thread: ReactorThread;
  readonly worker: EventEmitter;
  /** The thread's end of the channel. */
  readonly port: MessagePort;
  readonly strays: unknown[];
  hear(report: unknown): void;
}

function start(): Started {
  const worker = new EventEmitter();
  const { port1, port2 } = new MessageChannel();
  const strays: unknown[] = [];
  const noop = (): void => undefined;
  const spawned = { worker: worker as unknown as Worker, port: port1 };
  const thread = new ReactorThread(0, 0, spawned, {
    onNews: noop,
    onJoining: noop,
    onTransport: (told) => told.proceed(),
    onHeapPressure: noop,
    onStray: (_, message) => strays.push(message),
  });
  const hear = (report: unknown): void => void port1.emit('message', report);
  return { thread, worker, port: port2, strays, hear };
}

it('knows the phase of the reactor before it is ready', () => {
  const { thread, hear } = start();
  const phases = [thread.phase];
  const metrics = MetricsBlock.allocate().buffer;
  for (const report of [
    { type: 'born', threadId: 7, heapMb: 64, metrics, heartbeat: new Heartbeat().buffer },
    { type: 'joining', slab: {} as Region, loop: 'park' },
    { type: 'transport', transport: { name: 'net', sharesPort: true, reason: '' } },
    { type: 'made' },
  ]) {
    hear(report);
    phases.push(thread.phase);
  }
  expect(phases).toEqual([
    'starting its thread',
    'joining the other reactors',
    'loading the application module',
    'making its transport',
    'running the start hook or listening',
  ]);
  expect(thread.loop).toBe('park');
  expect(thread.heapMb).toBe(64);
});

it('has the error of the reactor before the thread ends, and keeps it', async () => {
  const { thread, worker, hear } = start();
  hear({ type: 'failed', error: FAILURE });
  expect(thread.failure).toBeInstanceOf(HioloadError);
  expect(thread.failure).toMatchObject({ code: 'HIOLOAD_PART_FAILED' });
  worker.emit('exit', 1);
  await expect(thread.ready).rejects.toBe(thread.failure);
  expect((await thread.ended).error).toBe(thread.failure);
});

it('takes the reports that the thread sent right before its end', async () => {
  const { thread, worker, port } = start();
  port.postMessage({ type: 'failed', error: FAILURE });
  worker.emit('exit', 1);
  expect((await thread.ended).error).toMatchObject({ code: 'HIOLOAD_PART_FAILED' });
});

it.each([
  [null],
  ['ready'],
  [{}],
  [{ type: 'constructor' }],
  [{ type: 'log', level: 'x' }],
  [{ type: 'born', threadId: 7, metrics: new ArrayBuffer(8), heartbeat: null }],
  [{ type: 'failed', error: null }],
  [{ type: 'ready', port: '9001', path: '/' }],
])('ignores %j, which is no report', (message) => {
  const { thread, strays, hear } = start();
  hear(message);
  expect(strays).toEqual([message]);
  expect(thread.state).toBe('starting');
  expect(thread.failure).toBeUndefined();
});
