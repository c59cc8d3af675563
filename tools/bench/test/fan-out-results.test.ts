// Tests of the verdict on fan-out passes and of the goals.
import { describe, expect, it } from 'vitest';
import { judgeFanOut } from '../src/bus/fan-out-pass.js';
import { describeGoals } from '../src/bus/run-fan-out.js';
import { evaluateSeries } from '../src/load/arm-results.js';
import type { LoadNumbers } from '../src/load/load-numbers.js';

const numbers = (messagesPerSecond: number, others: Partial<LoadNumbers> = {}): LoadNumbers => ({
  version: '1.0',
  messagesPerSecond,
  serverBusy: 0.9,
  serverWaited: 0.1,
  serverCores: 1.2,
  serverNsPerMessage: 1.2e9 / messagesPerSecond,
  generatorBusy: 0.7,
  generatorCores: 0.7,
  idleCores: 0.1,
  ...others,
});

describe('judgeFanOut', () => {
  it('counts a pass if the CPUs were idle apart from server and load', () => {
    expect(judgeFanOut(numbers(1000), 2, 0.01).voidReason).toBeNull();
    expect(
      judgeFanOut(numbers(1000, { generatorCores: 0.1, idleCores: 0.7 }), 2, 0.01).voidReason,
    ).toBeNull();
  });

  it('says how much CPU other programs used', () => {
    const disturbed = numbers(1000, { generatorCores: 0.2, idleCores: 0.3 });
    expect(judgeFanOut(disturbed, 2, 0.16).voidReason).toBeNull();
    expect(judgeFanOut(disturbed, 2, 0.1).voidReason).toBe(
      'something else had 15.0 % of the CPUs, the bar is 10.0 %',
    );
  });

  it('never counts a pass without deliveries', () => {
    expect(judgeFanOut(numbers(0), 2, 1).voidReason).toBe('no message was delivered in the window');
  });
});

describe('describeGoals', () => {
  const speeds = { 'hioload-2': 1800, 'hioload-1': 1000, uws: 2000, ws: 300 };
  const passes = Object.entries(speeds).map(([arm, speed]) => ({
    arm,
    round: 0,
    attempt: 0,
    numbers: numbers(speed),
    voidReason: null,
  }));
  const series = evaluateSeries('deliveries', Object.keys(speeds), passes);

  it('says how far the first subject is from each goal, and skips missing rivals', () => {
    expect(describeGoals(series, ['hioload-2', 'hioload-1'])).toEqual([
      'hioload-2 to uws: 0.900, goal 0.9',
      'hioload-2 to ws: 6.000, goal 5',
    ]);
    expect(describeGoals(series, [])).toEqual([]);
  });
});
