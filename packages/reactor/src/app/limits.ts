import { LIMIT_TABLE, type LimitDefinition, type LimitName } from '@hioload/api';
import { oneOf } from './one-of.js';

/** In words, what values a limit may have. */
export function allowedValues({ min, max, unit, zeroIsOff }: LimitDefinition): string {
  return `a whole number from ${min} to ${max} (${unit})${zeroIsOff ? ', or 0 for none' : ''}`;
}

/** Whether a limit may have a value. */
export function isAllowed(
  { min, max, zeroIsOff }: LimitDefinition,
  value: unknown,
): value is number {
  return (
    Number.isInteger(value) &&
    (((value as number) >= min && (value as number) <= max) || (zeroIsOff && value === 0))
  );
}

/**
 * Checks a set of limits given by name.
 * @param refuse makes the error to throw for a name that is not known or a value that is not
 * allowed
 */
export function checkLimits(
  limits: object,
  refuse: (name: string, value: unknown, allowed: string) => Error,
): void {
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(LIMIT_TABLE, name))
      throw refuse(name, value, oneOf(name, Object.keys(LIMIT_TABLE)));
    const limit = LIMIT_TABLE[name as LimitName];
    if (value !== undefined && !isAllowed(limit, value))
      throw refuse(name, value, allowedValues(limit));
  }
}
