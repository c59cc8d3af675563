// Tests of how a thread becomes a member of the bus.
import { once } from 'node:events';
import { MessageChannel, Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';

const boot = new URL('../../boot.mjs', import.meta.url);
const entry = new URL('waiting-thread.ts', import.meta.url).href;

describe('a reactor', () => {
  it('stays alive until it is admitted; later the bus does not keep it alive', async () => {
    const { port1, port2 } = new MessageChannel();
    const thread = new Worker(boot, { workerData: { entry, port: port2 }, transferList: [port2] });
    const exited = once(thread, 'exit');
    expect(await once(thread, 'message')).toEqual(['waits']);
    // The thread answers only after its loop has done all its work.
    await expect(
      Promise.race([exited, new Promise((resolve) => setTimeout(resolve, 200, 'lives'))]),
    ).resolves.toBe('lives');
    port1.postMessage({ type: 'admitted' });
    expect(await once(thread, 'message')).toEqual(['admitted']);
    expect(await exited).toEqual([0]);
  });
});
