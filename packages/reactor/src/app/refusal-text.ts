/** The words in which an application definition is refused. */
import { suggest } from '../suggest.js';

/** Says that a value is not one of the allowed values. */
export function mustBe(name: string, allowed: string, value: unknown): string {
  return `${name} must be ${allowed}; got ${show(value)}`;
}

function show(value: unknown): string {
  if (typeof value === 'function') return 'a function';
  return JSON.stringify(value) ?? String(value);
}

/**
 * Says that a name is unknown, which names are known, and which of them was probably meant.
 * @param where the object that the name stands in, such as `limits`
 */
export function unknownName(name: string, where: string, names: readonly string[]): string {
  const meant = suggest(name, names);
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  return `${where} has no field ${JSON.stringify(name)}; its fields are ${names.join(', ')}${hint}`;
}
