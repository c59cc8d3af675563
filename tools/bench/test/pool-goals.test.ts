// Tests of the goals and the series of the pool benchmark.
import { describe, expect, it } from 'vitest';
import { summarise } from '../src/core/statistics.js';
import { type PoolArmResult, judgeGoals } from '../src/pool/goals.js';
import { POOL_SERIES, type PoolSeries } from '../src/pool/series.js';

const result = (arm: PoolArmResult['arm'], value: number, ratio = 1): PoolArmResult => ({
  arm,
  value: summarise([value])!,
  ratio: summarise([ratio])!,
});
const series = (unit: PoolSeries['unit'], goals: PoolSeries['goals']): PoolSeries => ({
  ...POOL_SERIES[0]!,
  unit,
  goals,
});
const reached = (of: PoolSeries, ...results: PoolArmResult[]): boolean[] =>
  judgeGoals(of, results).map((goal) => goal.reached);

describe('judgeGoals', () => {
  it('wants more of records and less of nanoseconds', () => {
    const records = series('records/s', [{ arm: 'ring', value: 50 }]);
    expect([reached(records, result('ring', 50)), reached(records, result('ring', 49))]).toEqual([
      [true],
      [false],
    ]);
    const ns = series('ns', [{ arm: 'ring', value: 50 }]);
    expect([reached(ns, result('ring', 50)), reached(ns, result('ring', 51))]).toEqual([
      [true],
      [false],
    ]);
  });

  it('compares with another arm round by round, whatever the medians are', () => {
    const times = series('records/s', [{ arm: 'ring', value: 60, timesArm: 'postMessage' }]);
    // The ratio is 80 in each round.
    expect(judgeGoals(times, [result('ring', 1), result('postMessage', 1, 1 / 80)])).toMatchObject([
      { found: 80, reached: true },
    ]);
    expect(reached(times, result('ring', 1), result('postMessage', 1, 1 / 50))).toEqual([false]);
  });

  it('leaves out arms that did not take part', () => {
    expect(reached(POOL_SERIES[0]!, result('ring', 1))).toHaveLength(1);
  });
});

describe('POOL_SERIES', () => {
  it('sets goals for its own arms only', () => {
    for (const { goals, arms } of POOL_SERIES) {
      expect(goals.length).toBeGreaterThan(0);
      for (const { arm, timesArm = arm } of goals)
        expect(arms).toEqual(expect.arrayContaining([arm, timesArm]));
    }
  });
});
