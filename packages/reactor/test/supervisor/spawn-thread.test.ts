// Tests of the start of a thread where the binding to CPUs fails.
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import { spawnReactor } from '../../src/supervisor/spawn-thread.js';
import type { ReactorSeed } from '../../src/worker/thread-messages.js';

describe('spawnReactor', () => {
  it('leaves no thread behind if its own thread cannot move back', async () => {
    const born = once(process, 'worker') as Promise<[Worker]>;
    const affinity = {
      available: { ok: true },
      currentThreadId: () => 1,
      pin: (_: number, [cpu]: readonly number[]) => {
        if (cpu === 0) throw new Error('no way home');
      },
      read: () => [],
    } as const;
    const { port1, port2 } = new MessageChannel();
    const seed = { index: 0, heapMb: 32, bus: { port: port2 } } as unknown as ReactorSeed;
    expect(() => spawnReactor(seed, { affinity, cpus: [1], home: [0] })).toThrow('no way home');
    const [worker] = await born;
    // A thread with this seed would fail, and `once` would reject: it ends before it runs.
    await once(worker, 'exit');
    port1.close();
  });
});
