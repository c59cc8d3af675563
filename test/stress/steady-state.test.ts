import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';

/** A round of 100,000 operations allocates a few hundred bytes for its own measurement. */
const NOTHING = 0.05;

describe('steady state', () => {
  it('allocates nothing', async () => {
    const worker = new Worker(new URL('boot.mjs', import.meta.url), {
      workerData: { entry: new URL('steady-state.ts', import.meta.url).href },
      // Room for all that a round could allocate, so that nothing is collected before it is counted.
      resourceLimits: { maxYoungGenerationSizeMb: 256 },
    });
    const [{ found }] = (await once(worker, 'message')) as [{ readonly found: readonly [string, number][] }];
    const control = found.at(-1)!;
    expect(control[1], control[0]).toBeGreaterThan(8);
    const allocating = found.slice(0, -1).filter(([, bytes]) => bytes > NOTHING);
    expect(allocating).toEqual([]);
  }, 60_000);
});
