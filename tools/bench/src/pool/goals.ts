// Compares the results of the pool benchmark with its goals.
import type { Summary } from '../core/statistics.js';
import type { ArmName, PoolGoal, PoolSeries } from './series.js';

/** What was measured of an arm. `ratio` is to the first arm of the series, round by round. */
export interface PoolArmResult {
  readonly arm: ArmName;
  readonly value: Summary;
  readonly ratio: Summary;
}

/** A goal beside what was reached. */
export interface GoalOutcome extends PoolGoal {
  /** Median. */
  readonly found: number;
  readonly reached: boolean;
}

/** Compares medians with the goals; a goal whose arm did not take part is left out. */
export function judgeGoals(
  { goals, unit, arms }: PoolSeries,
  results: readonly PoolArmResult[],
): GoalOutcome[] {
  const resultOf = (arm: ArmName): PoolArmResult | undefined =>
    results.find((result) => result.arm === arm);
  return goals.flatMap((goal) => {
    const found = resultOf(goal.arm);
    if (found === undefined) return [];
    if (goal.timesArm === undefined) {
      const { median } = found.value;
      return [
        {
          ...goal,
          found: median,
          reached: unit === 'ns' ? median <= goal.value : median >= goal.value,
        },
      ];
    }
    const other = resultOf(goal.timesArm);
    // Ratios are to the first arm, and such goals are set for it.
    if (other === undefined || goal.arm !== arms[0]) return [];
    const times = 1 / other.ratio.median;
    return [{ ...goal, found: times, reached: times >= goal.value }];
  });
}
