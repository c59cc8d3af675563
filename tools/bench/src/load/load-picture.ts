// Turns a series under load into groups of bars.
import type { BarGroup } from '../core/bar-chart.js';
import { type LoadSeries, BASELINE_ARM } from './arm-results.js';

/** A series as a group of bars: the median of each arm with its range. */
export function barsOf({ title, arms }: LoadSeries): BarGroup {
  const bars = arms.flatMap(({ arm, messagesPerSecond, ratio }) => {
    if (messagesPerSecond === null) return [];
    const { median, min, max } = messagesPerSecond;
    const toBaseline = ratio === null ? '' : `, ${ratio.median.toFixed(2)} of ${BASELINE_ARM}`;
    return [
      {
        label: arm,
        value: median,
        low: min,
        high: max,
        note: `${Math.round(median / 1000)} k/s${toBaseline}`,
      },
    ];
  });
  return { title, bars };
}
