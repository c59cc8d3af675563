/** Checks the limits that an application sets. */
import {
  LIMIT_TABLE,
  type LimitDefinition,
  type LimitName,
  type Limits,
  unknownName,
} from '@hioload/api';
import { mustBe } from './refusal-text.js';

/** The values that a limit may have, in words. */
export function allowedValues({ min, max, unit, zeroIsOff }: LimitDefinition): string {
  const off = zeroIsOff ? ', or 0 to turn it off' : '';
  return `a whole number from ${min} to ${max} (${unit})${off}`;
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
 * @param refuse makes the error to throw, out of a text that names the limit
 */
export function checkLimits(
  limits: unknown,
  refuse: (text: string) => Error,
): asserts limits is Partial<Limits> {
  if (typeof limits !== 'object' || limits === null || Array.isArray(limits))
    throw refuse(mustBe('limits', 'an object of limits by name', limits));
  for (const [name, value] of Object.entries(limits)) {
    if (!Object.hasOwn(LIMIT_TABLE, name))
      throw refuse(unknownName(name, 'limits', Object.keys(LIMIT_TABLE)));
    const limit = LIMIT_TABLE[name as LimitName];
    if (value !== undefined && !isAllowed(limit, value))
      throw refuse(mustBe(`limits.${name}`, allowedValues(limit), value));
  }
}
