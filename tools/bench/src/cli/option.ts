// Makes an option of a bench command, with a parser and a default.
import { Option } from 'commander';

/**
 * Makes an option whose text `parse` turns into a value. @param standard the default value, which
 * the help shows
 */
export function option<Value>(
  flags: string,
  about: string,
  parse: (text: string) => Value,
  standard?: Value,
): Option {
  // Commander also passes the value of an earlier occurrence of the option. The last value counts.
  const made = new Option(flags, about).argParser((text: string) => parse(text));
  return standard === undefined ? made : made.default(standard, String(standard));
}
