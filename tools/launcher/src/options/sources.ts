/** Reads options from flags, environment variables and the configuration file. */
import { HioloadError, suggest } from '@hioload/api';
import { readFileSync } from 'node:fs';
import { isServiceLink } from './service-links.js';
import { OPTION_TABLE, type OptionDefinition } from './table.js';

/** A value that the user gave, with the name that the user gave it under. */
export interface GivenValue {
  readonly value: unknown;
  /** `--port`, `PORT` or `port (in hioload.json)`. */
  readonly name: string;
  /** The value as an error message shows it. */
  readonly written: string;
}

/** The values of one source, by {@link OptionDefinition.key}. */
export type GivenValues = ReadonlyMap<string, GivenValue>;

/**
 * Text as a one-line error message shows it: quoted where it is empty or holds blanks, control
 * characters or characters beyond ASCII.
 */
export function quoteIfOdd(text: string): string {
  return /^[\x21-\x7e]+$/.test(text) ? text : JSON.stringify(text);
}

function fromText(option: OptionDefinition, name: string, text: string): GivenValue {
  const value = option.kind.fromText(text);
  // Quotes set text apart from the sentence around it; a number or a boolean needs none.
  const isText = typeof value === 'string' || Array.isArray(value);
  return { value, name, written: isText ? JSON.stringify(text) : text };
}

/** Values of flags: text by flag name, or a boolean for a flag without a value. */
export function fromFlags(flags: ReadonlyMap<string, string | boolean>): GivenValues {
  const given = new Map<string, GivenValue>();
  for (const option of OPTION_TABLE) {
    const value = flags.get(option.flag);
    if (typeof value === 'string') given.set(option.key, fromText(option, option.flag, value));
    if (typeof value === 'boolean')
      given.set(option.key, { value, name: option.flag, written: String(value) });
  }
  return given;
}

/**
 * Values of environment variables. A variable that is set to an empty text counts as given. Service
 * links do not count.
 */
export function fromEnvironment(environment: NodeJS.ProcessEnv): GivenValues {
  const given = new Map<string, GivenValue>();
  for (const option of OPTION_TABLE) {
    const value = environment[option.variable];
    if (value === undefined || isServiceLink(option.variable, value)) continue;
    given.set(option.key, fromText(option, option.variable, value));
  }
  return given;
}

/** The flag and the variable that name the configuration file. */
export const CONFIG_FLAG = '--config';
export const CONFIG_VARIABLE = 'HIOLOAD_CONFIG';

/**
 * Variables that begin with `HIOLOAD_` but belong to no option, each with the variable that the
 * user probably meant.
 */
export function unknownVariables(
  environment: NodeJS.ProcessEnv,
): { name: string; meant: string | undefined }[] {
  const known = [...OPTION_TABLE.map(({ variable }) => variable), CONFIG_VARIABLE];
  return Object.entries(environment)
    .filter(
      ([name, value = '']) =>
        name.startsWith('HIOLOAD_') && !known.includes(name) && !isServiceLink(name, value),
    )
    .map(([name]) => ({
      name,
      meant:
        suggest(name, known) ??
        known.find((variable) => `HIOLOAD_${variable}` === name) ??
        onlyOne(known.filter((variable) => variable.startsWith(`${name}_`))),
    }));
}

/** The variables that are passed over because they are service links. */
export function serviceLinks(environment: NodeJS.ProcessEnv): string[] {
  const options = new Set(OPTION_TABLE.map(({ variable }) => variable));
  return Object.entries(environment)
    .filter(
      ([name, value = '']) =>
        (name.startsWith('HIOLOAD_') || options.has(name)) && isServiceLink(name, value),
    )
    .map(([name]) => name);
}

const onlyOne = (words: readonly string[]): string | undefined =>
  words.length === 1 ? words[0] : undefined;

/**
 * Values of a configuration file, which holds one JSON object. The limits stand in an object of
 * their own, under the key `limits`.
 * @param name how the user named the file: `--config` or `HIOLOAD_CONFIG`
 * @throws HIOLOAD_CONFIG_UNREADABLE, HIOLOAD_OPTION_INVALID for a key that no option has
 */
export function fromFile(path: string, name: string): GivenValues {
  const root = readJsonObject(path, name);
  const given = new Map<string, GivenValue>();
  const collect = (object: object, prefix: string): void => {
    for (const [key, value] of Object.entries(object)) {
      const full = prefix + key;
      if (full === 'limits' && isObject(value)) collect(value, 'limits.');
      else
        given.set(full, {
          value,
          name: `${full} (in ${quoteIfOdd(path)})`,
          written: shorten(asWritten(value)),
        });
    }
  };
  collect(root, '');
  for (const [key, { written }] of given) {
    if (key === 'limits')
      throw invalid(
        `limits (in ${quoteIfOdd(path)}) must be an object with a number for each limit; ` +
          `got ${written}`,
      );
    if (!OPTION_TABLE.some((option) => option.key === key)) throw unknownKey(key, path);
  }
  return given;
}

function readJsonObject(path: string, name: string): object {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw unreadable(
      `${name} must be the path of a JSON file; got ${JSON.stringify(path)}, ` +
        `which cannot be read (${(cause as NodeJS.ErrnoException).code})`,
      cause,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (cause) {
    const what = (cause as Error).message.replace(/\s+/g, ' ');
    throw unreadable(
      `${name}: ${quoteIfOdd(path)} is not valid JSON${placeOf(text, what)}: ${what}`,
      cause,
    );
  }
  if (!isObject(value))
    throw unreadable(
      `${name}: ${quoteIfOdd(path)} must hold a JSON object, such as { "port": 9001 }`,
    );
  return value;
}

/**
 * Line and column of a syntax error. V8 tells the offset of most errors; an unexpected end is at
 * the end of the text.
 */
function placeOf(text: string, message: string): string {
  const offset =
    /position (\d+)/.exec(message)?.[1] ??
    (message.includes('end of JSON') ? text.length : undefined);
  if (offset === undefined) return '';
  const lines = text.slice(0, Number(offset)).split('\n');
  return ` at line ${lines.length}, column ${(lines.at(-1)?.length ?? 0) + 1}`;
}

const isObject = (value: unknown): value is object =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A file can hold 1e999, which becomes Infinity; JSON.stringify would show it as null. */
const asWritten = (value: unknown): string =>
  typeof value === 'number' && !Number.isFinite(value) ? String(value) : JSON.stringify(value);

const shorten = (text: string): string => (text.length > 80 ? `${text.slice(0, 77)}...` : text);

const invalid = (message: string): HioloadError =>
  new HioloadError('HIOLOAD_OPTION_INVALID', message);

const unreadable = (message: string, cause?: unknown): HioloadError =>
  new HioloadError('HIOLOAD_CONFIG_UNREADABLE', message, { cause });

/** A key without the part before its dot, and without hyphens and underscores between words. */
const bareName = (key: string): string =>
  key.slice(key.lastIndexOf('.') + 1).replaceAll(/[-_]/g, '');

function unknownKey(key: string, path: string): HioloadError {
  const keys = [...OPTION_TABLE.map((option) => option.key), 'limits'];
  // Common mistakes: a key at the wrong depth, the name of a flag, and both with a typing error.
  const bare = keys.map(bareName);
  const near = suggest(bareName(key), bare);
  const meant = suggest(key, keys) ?? (near === undefined ? undefined : keys[bare.indexOf(near)]);
  const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
  return invalid(`${quoteIfOdd(key)} is not an option (in ${quoteIfOdd(path)})${hint}`);
}
