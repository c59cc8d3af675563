// Tests of the evaluation of `bench idle`.
import { describe, expect, it } from 'vitest';
import type { Pass } from '../src/core/rounds.js';
import type { IdleNumbers } from '../src/idle/idle-pass.js';
import { describeIdle, evaluateIdle } from '../src/idle/idle-results.js';
import { settledMemory } from '../src/idle/settled-memory.js';

function pass(
  arm: string,
  round: number,
  bytes: number,
  voidReason: string | null = null,
): Pass<IdleNumbers> {
  const numbers = {
    version: '1.0',
    bytesPerConnection: bytes,
    anonymousBytesPerConnection: bytes,
    bytesInAll: 2 ** 25,
    idleCores: 0.0123,
    pings: 0,
  };
  return { arm, round, attempt: 0, numbers, voidReason };
}

describe('evaluateIdle', () => {
  const arms = ['hioload-transport', 'uws', 'uws again', 'ws'];
  const results = evaluateIdle(arms, [
    pass('hioload-transport', 0, 1024),
    pass('hioload-transport', 1, 2048),
    pass('uws', 0, 512),
    pass('uws', 1, 1024),
    pass('uws again', 0, 512),
    pass('uws again', 1, 512),
    pass('ws', 0, 5120, 'restless'),
  ]);

  it('compares within a round', () => {
    expect(results[0]!.memoryRatio).toMatchObject({ min: 2, max: 2 });
    expect(results[0]!.bytesPerConnection).toMatchObject({ min: 1024, max: 2048 });
    expect(results[3]).toMatchObject({
      bytesPerConnection: null,
      validPasses: 0,
      voidReason: 'restless',
    });
  });

  it('shows the goals beside our servers, the noise, and void passes', () => {
    const text = describeIdle(results);
    expect(text).toMatch(
      /^hioload-transport +1\.50 +1\.00 \.\. 2\.00 +2\.000 +1\.20 +32 MiB +1\.23 % .* 1 % +2$/m,
    );
    expect(text).toMatch(/^noise: uws against itself 0\.750, 0\.500 \.\. 1\.000$/m);
    expect(text).toMatch(/^ws: no number, restless$/m);
  });
});

describe('settledMemory', () => {
  const readings = (values: readonly number[]) => {
    const left = [...values];
    return () => {
      const value = left.length > 1 ? left.shift()! : left[0]!;
      return { resident: value, anonymous: value };
    };
  };

  it('collects garbage and reads until two readings agree', async () => {
    let collections = 0;
    const collect = () => Promise.resolve(void (collections += 1));
    const settled = await settledMemory(collect, readings([9000, 7000, 6000, 6001, 1]), 0);
    expect(settled).toEqual({ memory: { resident: 6001, anonymous: 6001 }, isStill: true });
    expect(collections).toBe(3);
  });

  it('says so if two readings never agree', async () => {
    let value = 1;
    const growing = () => ({ resident: (value *= 2), anonymous: value });
    expect((await settledMemory(() => Promise.resolve(), growing, 0)).isStill).toBe(false);
  });
});
