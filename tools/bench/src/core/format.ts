// Formats the numbers of tables.
import type { Summary } from './statistics.js';

/** Formats a number for a table. */

export function count(value: number): string {
  return Math.round(value).toLocaleString('en-GB');
}

export function ratio(value: number): string {
  return value.toFixed(3);
}

/**
 * Formats a share as per cent.
 * @param share 0..1
 */
export function percent(share: number, digits = 0): string {
  return `${(share * 100).toFixed(digits)} %`;
}

/** The range from the least to the most. */
export function range({ min, max }: Summary, format: (value: number) => string): string {
  return `${format(min)} .. ${format(max)}`;
}

/** The range of the middle half of the values. */
export function quartiles(
  { lowerQuartile, upperQuartile }: Summary,
  format: (value: number) => string,
): string {
  return `${format(lowerQuartile)} .. ${format(upperQuartile)}`;
}

/** The table cell of a quantity; `summary` is `null` if the arm has no valid pass. */
export function cell(summary: Summary | null, format: (summary: Summary) => string): string {
  return summary === null ? 'void' : format(summary);
}
