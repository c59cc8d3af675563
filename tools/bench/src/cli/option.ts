// Makes an option of a bench command, with a parser and a default.
import { Option } from 'commander';

/**
 * An option whose text `parse` turns into its value. @param standard the value without it; shown in
 * the help
 */
export function option<Value>(
  flags: string,
  about: string,
  parse: (text: string) => Value,
  standard?: Value,
): Option {
  // commander hands the value of an earlier occurrence over as well; the last one counts.
  const made = new Option(flags, about).argParser((text: string) => parse(text));
  return standard === undefined ? made : made.default(standard, String(standard));
}
