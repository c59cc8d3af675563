/** The words in which an application definition is refused. */

/** Longest text of a refused value, in UTF-16 units. */
const MAX_VALUE_TEXT = 200;

/** Says that a value is not one of the allowed values. Never throws. */
export function mustBe(name: string, allowed: string, value: unknown): string {
  return `${name} must be ${allowed}; got ${show(value)}`;
}

function show(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  // JSON has no big integers, and shows NaN and Infinity as null.
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value === 'number') return String(value);
  try {
    const text = JSON.stringify(value) ?? String(value);
    return text.length > MAX_VALUE_TEXT ? `${text.slice(0, MAX_VALUE_TEXT)}...` : text;
  } catch {
    // The value refers to itself, holds a big integer, or throws when it is read.
    return `a value of type ${typeof value}`;
  }
}
