// Formats the numbers of tables.
import type { Summary } from './statistics.js';

/** Formats a number as tables show it. */

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-GB');
}

export function ratio(value: number): string {
  return value.toFixed(3);
}

/** @param share 0..1 */
export function percent(share: number, digits = 0): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** From least to most. */
export function range({ min, max }: Summary, format: (value: number) => string): string {
  return `${format(min)} .. ${format(max)}`;
}

/** The middle half. */
export function quartiles(
  { lowerQuartile, upperQuartile }: Summary,
  format: (value: number) => string,
): string {
  return `${format(lowerQuartile)} .. ${format(upperQuartile)}`;
}

/** A cell of a quantity, for which an arm may have no valid pass. */
export function cell(summary: Summary | null, format: (summary: Summary) => string): string {
  return summary === null ? 'void' : format(summary);
}
