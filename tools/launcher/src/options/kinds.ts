/** The kinds of options: whole numbers, words, toggles and text, each with its schema. */
import { z } from 'zod';

/** How the value of an option is written as text, and which values are allowed. */
export interface OptionKind {
  /** The word that stands for the value in the help. */
  readonly placeholder: string;
  /** Set for a flag that takes no value. */
  readonly isToggle?: true;
  /** Set where the placeholder alone tells the reader of the help which values are allowed. */
  readonly isPlain?: true;
  /** The allowed values, in words that continue the sentence "--port must be ...". */
  readonly allowed: string;
  /**
   * Turns the text of a flag or variable into a value for the schema. Text that does not have the
   * right form is returned as it is, and the schema refuses it.
   */
  fromText(text: string): unknown;
}

/** The kind of each schema that the functions below have made. */
export const KINDS = z.registry<OptionKind>();

/** The range of a whole number. */
export interface WholeNumberOptions {
  readonly min: number;
  readonly max: number;
  readonly unit?: string;
  /** Whether 0 is allowed too, although it is less than `min`. */
  readonly zeroIsOff?: boolean;
}

/**
 * A whole number in a range. Its text has plain decimal digits and perhaps a minus sign: no plus
 * sign, no exponent, no leading zero.
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
  const inUnit = unit === undefined ? '' : ` (${unit})`;
  KINDS.add(schema, {
    placeholder: unit === undefined || unit.includes(' ') ? 'number' : unit,
    allowed:
      `a whole number from ${min} to ${max}${inUnit}` + (zeroIsOff ? ', or 0 to turn it off' : ''),
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

/**
 * One of a few words, in any case, or another name of one of them.
 * @param aliases other names of words, as in `{ trace: 'debug' }`
 */
export function level<const Word extends string>(
  aliases: Readonly<Record<string, Word>>,
  ...words: readonly [Word, ...Word[]]
): z.ZodType<Word> {
  const known = new Map<string, Word>([
    ...words.map((word) => [word, word] as const),
    ...Object.entries<Word>(aliases),
  ]);
  const read = (value: unknown): unknown =>
    typeof value === 'string' ? (known.get(value.trim().toLowerCase()) ?? value) : value;
  const schema = z.preprocess(read, z.enum(words)) as unknown as z.ZodType<Word>;
  const last = words.at(-1) ?? '';
  const others = Object.keys(aliases).join(', ');
  KINDS.add(schema, {
    placeholder: words.join('|'),
    isPlain: true,
    allowed: `${words.slice(0, -1).join(', ')} or ${last} (or ${others})`,
    fromText: read,
  });
  return schema;
}

/** One of a few words, or the path or URL of a module, which has a dot or a slash in it. */
export function choiceOrModule<const Word extends string>(
  ...words: readonly [Word, ...Word[]]
): z.ZodType<string> {
  const schema = z
    .string()
    .refine((value) => words.includes(value as Word) || /^[^\0]*[./\\][^\0]*$/.test(value));
  KINDS.add(schema, {
    placeholder: [...words, 'MODULE'].join('|'),
    isPlain: true,
    allowed: `${words.join(', ')} or the path of a module such as ./own.ts`,
    fromText: (value) => value,
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

/**
 * A list whose entries have a certain form. As text, commas stand between the entries.
 * @param allowed in words that continue the sentence "--allowed-hosts must be ..."
 */
export function list(
  placeholder: string,
  isEntry: (entry: string) => boolean,
  allowed: string,
): z.ZodType<readonly string[]> {
  const schema = z.custom<readonly string[]>(
    (value) =>
      Array.isArray(value) && value.every((entry) => typeof entry === 'string' && isEntry(entry)),
  );
  const fromText = (text: string): unknown => text.split(',').map((entry) => entry.trim());
  KINDS.add(schema, { placeholder, isPlain: true, allowed, fromText });
  return schema;
}

/** Text of a form that a function tells. */
export function formed(
  placeholder: string,
  isFormed: (text: string) => boolean,
  allowed: string,
): z.ZodType<string> {
  const schema = z.string().refine(isFormed);
  KINDS.add(schema, { placeholder, isPlain: true, allowed, fromText: (value) => value });
  return schema;
}

/** Text of a certain form. */
export function text(placeholder: string, pattern: RegExp, allowed: string): z.ZodType<string> {
  const schema = z.string().regex(pattern);
  KINDS.add(schema, { placeholder, isPlain: true, allowed, fromText: (value) => value });
  return schema;
}
