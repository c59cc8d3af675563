// Compares the results of the pool benchmark with its goals.
import type { Summary } from '../core/statistics.js';
import type { ArmName, PoolGoal, PoolSeries } from './series.js';

/**
 * The measurement of one arm. `ratio` compares it with the first arm of the series, round by round.
 */
export interface PoolArmResult {
  readonly arm: ArmName;
  readonly value: Summary;
  readonly ratio: Summary;
}

/** A goal beside the reached value. */
export interface GoalOutcome extends PoolGoal {
  /** The median of the measurement. */
  readonly found: number;
  readonly reached: boolean;
}

/** Compares medians with the goals. The goal of an arm that did not take part is left out. */
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
    // Every ratio compares an arm with the first arm, so only the first arm can have a goal of a
    // ratio.
    if (other === undefined || goal.arm !== arms[0]) return [];
    const times = 1 / other.ratio.median;
    return [{ ...goal, found: times, reached: times >= goal.value }];
  });
}
