// The tables of the passes between two reactors.
import { count, percent, quartiles, range, ratio } from '../../core/format.js';
import type { Summary } from '../../core/statistics.js';
import { formatTable } from '../../core/text-table.js';
import type { CrossChannel } from './cross-messages.js';
import type { CrossSeries } from './cross-series.js';

/** The results of all passes over one channel. */
export interface CrossArmResult {
  readonly channel: CrossChannel;
  readonly value: Summary;
  /** Summary of the passes' 99th percentiles. */
  readonly p99: Summary | null;
  /** Compared with the bus, round by round. */
  readonly ratio: Summary;
  /**
   * Share of the time spent waiting for a CPU. It shows how busy the machine was with other work.
   */
  readonly waitedShare: Summary;
}

/** The table of one series, with the goal of the bus below. */
export function describeCross(
  { about, unit, kind, goal }: CrossSeries,
  messageBytes: number,
  results: readonly CrossArmResult[],
): string {
  const columns = [
    { title: `cross: ${about}, ${messageBytes} bytes`, align: 'left' },
    { title: kind === 'latency' ? `median ${unit}` : unit, align: 'right' },
    { title: 'min .. max', align: 'right' },
    { title: 'p99', align: 'right' },
    { title: 'to bus', align: 'right' },
    { title: 'quartiles', align: 'right' },
    { title: 'waited for CPU', align: 'right' },
  ] as const;
  const rows = results.map(({ channel, value, p99, ratio: toBus, waitedShare }) => [
    channel,
    formatValue(value.median),
    range(value, formatValue),
    p99 === null ? '' : formatValue(p99.median),
    ratio(toBus.median),
    quartiles(toBus, ratio),
    percent(waitedShare.median),
  ]);
  return `${formatTable(columns, rows)}\ngoal: ${formatValue(goal)} ${unit}`;
}

/** Formats a value in the unit of the series. */
export function formatValue(value: number): string {
  return value >= 1_000 ? count(value) : value.toPrecision(3);
}
