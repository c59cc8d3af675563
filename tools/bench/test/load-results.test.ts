// Tests of the evaluation of passes under load.
import { describe, expect, it } from 'vitest';
import type { Pass } from '../src/core/rounds.js';
import { evaluateSeries, isComplete, ratioOf } from '../src/load/arm-results.js';
import { combineLoads, judgeServerBusy, type LoadNumbers } from '../src/load/load-numbers.js';
import { describeSeries } from '../src/load/load-text.js';

const numbers = (messagesPerSecond: number, others: Partial<LoadNumbers> = {}): LoadNumbers => ({
  version: '1.0',
  messagesPerSecond,
  serverBusy: 0.98,
  serverWaited: 0,
  serverCores: 1.04,
  serverNsPerMessage: 1e9 / messagesPerSecond,
  generatorBusy: 0.7,
  generatorCores: 0.75,
  idleCores: 0.1,
  ...others,
});

const ARMS = ['hioload', 'uws', 'uws again', 'bun'];

/**
 * Three rounds. In the second everything is half as fast. In the third the subject is void. Bun is
 * void in every round.
 */
function passes(): Pass<LoadNumbers>[] {
  const speeds: Record<string, number> = {
    hioload: 99_000,
    uws: 100_000,
    'uws again': 101_000,
    bun: 150_000,
  };
  return [1, 0.5, 1].flatMap((factor, round) =>
    ARMS.map((arm) => {
      const isVoid = arm === 'bun' || (arm === 'hioload' && round === 2);
      return {
        arm,
        round,
        attempt: 0,
        numbers: numbers(speeds[arm]! * factor),
        voidReason: isVoid ? 'too idle' : null,
      };
    }),
  );
}

describe('evaluateSeries', () => {
  const series = evaluateSeries('16 in flight', ARMS, passes());

  it('compares within a round, so that a slow round changes no ratio', () => {
    expect(series.arms[0]).toMatchObject({
      arm: 'hioload',
      validPasses: 2,
      voidPasses: 1,
      voidReason: 'too idle',
    });
    expect(series.arms[0]!.messagesPerSecond).toMatchObject({ min: 49_500, max: 99_000 });
    expect(series.arms[0]!.ratio).toMatchObject({ count: 2, min: 0.99, max: 0.99 });
    expect(series.arms[0]!.costRatio!.median).toBeCloseTo(1 / 0.99);
    expect(series.arms[1]!.ratio).toMatchObject({ min: 1, max: 1 });
    // The clients use three quarters of a core for 100,000 or 50,000 messages a second.
    expect(series.arms[1]!.generatorNsPerMessage).toMatchObject({ min: 7_500, max: 15_000 });
    expect(series.arms[2]!.ratio).toMatchObject({ count: 3, median: 1.01 });
  });

  it('compares any two arms', () => {
    expect(ratioOf(passes(), 'hioload', 'uws again')!.median).toBeCloseTo(99 / 101);
    expect(ratioOf(passes(), 'bun', 'uws')).toBeNull();
  });

  it('has no number if no pass counts', () => {
    expect(series.arms[3]).toMatchObject({
      messagesPerSecond: null,
      ratio: null,
      validPasses: 0,
      voidPasses: 3,
    });
    expect(isComplete([series], ['uws', 'hioload'])).toBe(true);
    expect(isComplete([series], ['uws', 'bun'])).toBe(false);
  });

  it('says in words which numbers are missing, and how large the noise is', () => {
    const text = describeSeries(series);
    expect(text).toContain('16 in flight');
    expect(text).toMatch(/^hioload +74,250 +49,500 \.\. 99,000 +0\.990 .* 2 \(1 void\)$/m);
    expect(text).toMatch(/^noise: uws against itself 1\.010, 1\.010 \.\. 1\.010 over all rounds$/m);
    expect(text).toMatch(/^bun has no number: too idle$/m);
    expect(text).toMatch(/^hioload: 1 void passes are left out, the last because too idle$/m);
  });
});

describe('judgeServerBusy', () => {
  it('counts a pass in which the server was busy', () => {
    expect(judgeServerBusy(numbers(1000, { serverBusy: 0.9 }), 0.9).voidReason).toBeNull();
  });

  it('says why the server was not busy', () => {
    const idle = numbers(1000, { serverBusy: 0.6 });
    const busy = 'the server was busy 60.0 % of the time, the bar is 90.0 %';
    expect(judgeServerBusy(idle, 0.9).voidReason).toBe(`${busy}; the load was busy 70.0 %`);
    const disturbed = judgeServerBusy({ ...idle, serverWaited: 0.3 }, 0.9);
    expect(disturbed.voidReason).toBe(
      `${busy}; it waited 30.0 % for its CPU: something else runs there`,
    );
  });

  it('never counts a pass without messages', () => {
    expect(judgeServerBusy(numbers(0), 0).voidReason).toBe('no message came back in the window');
  });
});

describe('combineLoads', () => {
  it('adds up the load processes, and takes the server from the first', () => {
    const load = { cpuNs: 1e9, busiestShare: 0.4, waitedShare: 0 };
    const server = { cpuNs: 3e9, busiestShare: 0.9, waitedShare: 0.1 };
    const result = {
      kind: 'result',
      seconds: 2,
      messages: 1000,
      server,
      generator: load,
      idleNs: 4e8,
    } as const;
    const other = { ...result, messages: 500, generator: { ...load, busiestShare: 0.6 } };
    expect(combineLoads('1.0', [result, other])).toEqual({
      version: '1.0',
      messagesPerSecond: 750,
      serverBusy: 0.9,
      serverWaited: 0.1,
      serverCores: 1.5,
      serverNsPerMessage: 2e6,
      generatorBusy: 0.6,
      generatorCores: 1,
      idleCores: 0.2,
    });
  });
});
