// Fake metrics for tests: keep counters in an array and refuse impossible values.
import {
  HioloadError,
  HISTOGRAMS,
  METRIC_SERIES,
  type Metrics,
  type SeriesDefinition,
} from '@hioload/api';

/**
 * Keeps counters in a plain array. It refuses values that the contract forbids; the real counters
 * do not check them, because they are on the hot path.
 *
 * ```ts
 * const metrics = new FakeMetrics();
 * metrics.add(Metric.MessagesIn, 3);
 * expect(metrics.nonZero()).toEqual({ 'ws_messages_total{direction="in"}': 3 });
 * ```
 */
export class FakeMetrics implements Metrics {
  /** The observed values of each histogram. */
  readonly observed: readonly number[][] = HISTOGRAMS.map(() => []);
  readonly #cells: number[] = METRIC_SERIES.map(() => 0);

  /**
   * @throws HIOLOAD_OPTION_INVALID for an unknown cell, an amount that is not a safe integer, or a
   * counter that would fall
   */
  add(metric: number, amount: number): void {
    const { type, metric: name } = seriesAt(metric);
    if (!Number.isSafeInteger(amount) || (type === 'counter' && amount < 0)) {
      const allowed = type === 'counter' ? 'a safe integer of 0 or more' : 'a safe integer';
      throw new HioloadError(
        'HIOLOAD_OPTION_INVALID',
        `${name}: amount must be ${allowed}; got ${amount}`,
      );
    }
    this.#cells[metric]! += amount;
  }

  /** @throws HIOLOAD_OPTION_INVALID for an unknown cell */
  read(metric: number): number {
    seriesAt(metric);
    return this.#cells[metric]!;
  }

  /** @throws HIOLOAD_OPTION_INVALID for an unknown histogram */
  observe(histogram: number, value: number): void {
    const values = this.observed[histogram];
    if (values !== undefined) return void values.push(value);
    throw new HioloadError(
      'HIOLOAD_OPTION_INVALID',
      `histogram must be from 0 to ${HISTOGRAMS.length - 1}; got ${histogram}`,
    );
  }

  /** Every cell that is not 0, named as in `/metrics`. */
  nonZero(): Record<string, number> {
    return Object.fromEntries(
      METRIC_SERIES.map((series, cell) => [lineName(series), this.#cells[cell]!] as const).filter(
        ([, n]) => n !== 0,
      ),
    );
  }
}

function seriesAt(metric: number): SeriesDefinition {
  const series = METRIC_SERIES[metric];
  if (series !== undefined) return series;
  throw new HioloadError(
    'HIOLOAD_OPTION_INVALID',
    `metric cell must be from 0 to ${METRIC_SERIES.length - 1}; got ${metric}`,
  );
}

function lineName({ metric, labels }: SeriesDefinition): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${value}"`);
  return pairs.length === 0 ? metric : `${metric}{${pairs.join(',')}}`;
}
