import { suggest } from '../suggest.js';

/**
 * In words, which names are allowed where `name` is not known, and which of them was probably
 * meant.
 */
export function oneOf(name: string, names: readonly string[]): string {
  const meant = suggest(name, names);
  return `one of ${names.join(', ')}${meant === undefined ? '' : `; did you mean ${meant}?`}`;
}
