// Tests that rings and pools allocate nothing in steady state.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';

/**
 * Bytes per operation: a round of 10,000 allocates some hundred for its own measurement, the
 * smallest object has 16.
 */
const NOTHING = 0.2;

describe('steady state', () => {
  it('allocates nothing', async () => {
    const worker = new Worker(new URL('boot.mjs', import.meta.url), {
      workerData: { entry: new URL('steady-state.ts', import.meta.url).href },
    });
    const [{ found }] = (await once(worker, 'message')) as [
      { readonly found: readonly [string, number][] },
    ];
    const control = found.at(-1)!;
    expect(control[1], control[0]).toBeGreaterThan(8);
    const allocating = found.slice(0, -1).filter(([, bytes]) => bytes > NOTHING);
    expect(allocating).toEqual([]);
  }, 60_000);
});
