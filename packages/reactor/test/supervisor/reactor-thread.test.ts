// Tests of the supervisor's view of one reactor thread, with a worker that the test drives.
import { HioloadError } from '@hioload/api';
import { Heartbeat, MetricsBlock, type Region } from '@hioload/pool';
import { EventEmitter } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { expect, it } from 'vitest';
import { ReactorThread } from '../../src/supervisor/reactor-thread.js';
import type { PortableError } from '../../src/worker/portable-error.js';

const FAILURE: PortableError = {
  code: 'HIOLOAD_PART_FAILED',
  message: 'transport: no card',
  stack: undefined,
  cause: { name: 'Error', message: 'no card', stack: undefined, code: undefined },
};

function start(): { thread: ReactorThread; worker: EventEmitter; hear(report: object): void } {
  const worker = Object.assign(new EventEmitter(), { postMessage: () => undefined });
  const noop = (): void => undefined;
  const thread = new ReactorThread(0, 0, worker as unknown as Worker, {
    onNews: noop,
    onJoining: noop,
    onTransport: (told) => told.proceed(),
    onHeapPressure: noop,
  });
  return { thread, worker, hear: (report) => worker.emit('message', report) };
}

it('knows what the reactor does before it is ready', () => {
  const { thread, hear } = start();
  const phases = [thread.phase];
  const metrics = MetricsBlock.allocate().buffer;
  for (const report of [
    { type: 'born', threadId: 7, metrics, heartbeat: new Heartbeat().buffer },
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
});

it('has the error of the reactor before the thread ends, and ends with it', async () => {
  const { thread, worker, hear } = start();
  hear({ type: 'failed', error: FAILURE });
  expect(thread.failure).toBeInstanceOf(HioloadError);
  expect(thread.failure).toMatchObject({ code: 'HIOLOAD_PART_FAILED' });
  worker.emit('exit', 1);
  await expect(thread.ready).rejects.toBe(thread.failure);
  expect((await thread.ended).error).toBe(thread.failure);
});
