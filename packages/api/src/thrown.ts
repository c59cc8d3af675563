/** Reads the text, the stack and the code of a thrown value, which can be anything. */

/**
 * Longest text of a thrown value, in UTF-16 units. The application or a peer may have chosen the
 * text, so its length is limited.
 */
const MAX_TEXT = 2_000;
const MAX_STACK = 8_000;
const MAX_CODE = 100;
/** The causes that are followed, and the errors of one `AggregateError`. */
const MAX_DEPTH = 8;
const MAX_ERRORS = 4;
/** The fields of a thrown object that is no error, and the text of each. */
const MAX_FIELDS = 8;
const MAX_FIELD = 100;

const UNPRINTABLE = 'a value that cannot be printed';

/**
 * The text of a thrown value with the texts of its causes, cut at {@link MAX_TEXT} units:
 * `fetch failed (cause: connect ECONNREFUSED 127.0.0.1:80)`. A cause whose text the message holds
 * already is left out. Anything can be thrown, even an object that throws when it is read. This
 * function never throws.
 */
export function textOfThrown(thrown: unknown): string {
  return cut(textOf(thrown, new Set()), MAX_TEXT);
}

/** The text of a thrown value without its causes, cut at {@link MAX_TEXT} units. Never throws. */
export function ownTextOfThrown(thrown: unknown): string {
  return cut(messageOf(thrown), MAX_TEXT);
}

/**
 * The stack of a thrown error and of its causes, cut at {@link MAX_STACK} units; else undefined.
 * Never throws.
 */
export function stackOfThrown(thrown: unknown): string | undefined {
  const own = ownStackOfThrown(thrown);
  if (own === undefined) return undefined;
  const stacks = [own];
  for (const cause of causesOfThrown(thrown, MAX_DEPTH))
    stacks.push(`caused by: ${ownStackOfThrown(cause) ?? ownTextOfThrown(cause)}`);
  return cut(stacks.join('\n'), MAX_STACK);
}

/** The stack of a thrown error without its causes. Never throws. */
export function ownStackOfThrown(thrown: unknown): string | undefined {
  const stack = isError(thrown) ? fieldOf(thrown, 'stack') : undefined;
  return typeof stack === 'string' ? cut(stack, MAX_STACK) : undefined;
}

/**
 * The code of a thrown error, such as a `HioloadError` or an error of Node; else undefined. Never
 * throws.
 */
export function codeOfThrown(thrown: unknown): string | undefined {
  const code = isError(thrown) ? fieldOf(thrown, 'code') : undefined;
  return typeof code === 'string' ? cut(code, MAX_CODE) : undefined;
}

/**
 * The values behind a thrown error, the nearest first: its cause or the errors of an
 * `AggregateError`, their causes, and so on. Each value comes once, although causes may form a
 * circle. Never throws.
 * @param limit most values
 */
export function causesOfThrown(thrown: unknown, limit: number): unknown[] {
  const found = new Set<unknown>([thrown]);
  for (const value of found) {
    for (const cause of nextCauses(value)) if (found.size <= limit) found.add(cause);
  }
  found.delete(thrown);
  return [...found];
}

function textOf(thrown: unknown, seen: Set<unknown>): string {
  const message = messageOf(thrown);
  seen.add(thrown);
  if (seen.size > MAX_DEPTH || message.length > MAX_TEXT) return message;
  const texts: string[] = [];
  for (const cause of nextCauses(thrown)) {
    if (seen.has(cause)) continue;
    const text = textOf(cause, seen);
    if (text !== '' && !message.includes(text) && !texts.includes(text)) texts.push(text);
  }
  if (texts.length === 0) return message;
  return `${message} (cause: ${texts.join('; ')})`;
}

/** The values that lie right behind a thrown error. */
function nextCauses(thrown: unknown): unknown[] {
  if (!isError(thrown)) return [];
  const cause = fieldOf(thrown, 'cause');
  const errors = fieldOf(thrown, 'errors');
  return [...(cause === undefined ? [] : [cause]), ...firstOf(errors)];
}

function firstOf(errors: unknown): unknown[] {
  try {
    return Array.isArray(errors) ? (errors.slice(0, MAX_ERRORS) as unknown[]) : [];
  } catch {
    return [];
  }
}

/** An `AggregateError` may have no message: its name, and perhaps its code, say more. */
function messageOf(thrown: unknown): string {
  try {
    if (!isError(thrown)) return textOfValue(thrown);
    const message = String(thrown.message);
    if (message !== '') return message;
    const name = String(thrown.name);
    const code = codeOfThrown(thrown);
    return code === undefined ? name : `${name} ${code}`;
  } catch {
    return UNPRINTABLE;
  }
}

/** The text of a value that is no error. Fields of an object say more than `[object Object]`. */
function textOfValue(thrown: unknown): string {
  const text = String(thrown);
  if (text !== '[object Object]') return text;
  const fields = Object.entries(thrown as object)
    .slice(0, MAX_FIELDS)
    .map(([name, value]) => `${name}: ${cut(String(value), MAX_FIELD)}`);
  return `an object { ${fields.join(', ')} }`;
}

function isError(thrown: unknown): thrown is Error {
  try {
    return thrown instanceof Error;
  } catch {
    return false;
  }
}

/** A field of an error; undefined where it throws when it is read. */
function fieldOf(error: Error, name: string): unknown {
  try {
    return (error as unknown as Readonly<Record<string, unknown>>)[name];
  } catch {
    return undefined;
  }
}

/** Cuts a text, but not between the two halves of a character. */
function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const end = /[\uD800-\uDBFF]/.test(text.charAt(limit - 1)) ? limit - 1 : limit;
  return `${text.slice(0, end)}... (${text.length - end} more)`;
}
