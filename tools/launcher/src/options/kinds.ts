import { z } from 'zod';

/**
 * How an option is written as text, and what is allowed, in words that end the sentence "... is not
 * allowed: ".
 */
export interface OptionKind {
  /** What stands for the value in the help. */
  readonly placeholder: string;
  /** A flag without a value. */
  readonly isToggle?: true;
  /** The placeholder says all that the help needs to say about what is allowed. */
  readonly isPlain?: true;
  readonly allowed: string;
  /**
   * Turns the text of a flag or variable into a value for the schema, or leaves it for the schema
   * to refuse.
   */
  fromText(text: string): unknown;
}

/** Knows the kind of each schema that the functions below made. */
export const KINDS = z.registry<OptionKind>();

export interface WholeNumberOptions {
  readonly min: number;
  readonly max: number;
  readonly unit?: string;
  /** Whether 0 is allowed too, although below `min`. */
  readonly zeroIsOff?: boolean;
}

/**
 * A whole number in a range. As text it is plain decimal digits: no sign but a minus, no exponent,
 * no leading zero.
 */
export function wholeNumber({
  min,
  max,
  unit,
  zeroIsOff = false,
}: WholeNumberOptions): z.ZodType<number> {
  const schema = z
    .int()
    .max(max)
    .refine((value) => value >= min || (zeroIsOff && value === 0));
  KINDS.add(schema, {
    placeholder: unit === undefined || unit.includes(' ') ? 'number' : unit,
    allowed: `a whole number from ${min} to ${max}${unit === undefined ? '' : ` (${unit})`}${zeroIsOff ? ', or 0 for off' : ''}`,
    fromText: (text) => (/^-?(0|[1-9]\d{0,15})$/.test(text) ? Number(text) : text),
  });
  return schema;
}

/** One of a few words. */
export function choice<const Word extends string>(
  ...words: readonly [Word, ...Word[]]
): z.ZodType<Word> {
  const schema = z.enum(words);
  const last = words.at(-1) ?? '';
  KINDS.add(schema, {
    placeholder: words.join('|'),
    isPlain: true,
    allowed: words.length === 1 ? last : `${words.slice(0, -1).join(', ')} or ${last}`,
    fromText: (text) => text,
  });
  return schema;
}

/** On or off; the flag is `--name` or `--no-name`. */
export function toggle(): z.ZodType<boolean> {
  const schema = z.boolean();
  KINDS.add(schema, {
    placeholder: '',
    isToggle: true,
    isPlain: true,
    allowed: 'true or false',
    fromText: (text) => (text === 'true' ? true : text === 'false' ? false : text),
  });
  return schema;
}

/** Text of a certain form. */
export function text(placeholder: string, pattern: RegExp, allowed: string): z.ZodType<string> {
  const schema = z.string().regex(pattern);
  KINDS.add(schema, { placeholder, isPlain: true, allowed, fromText: (value) => value });
  return schema;
}
