/* The log of a reactor: its lines go to the supervisor, through the log ring. */
import {
  codeOfThrown,
  type LogFields,
  type Logger,
  stackOfThrown,
  textOfThrown,
} from '@hioload/api';
import type { LogLevel, LogWriter } from '../log/log-ring.js';

/** A longer text of a line is cut, in UTF-16 units. A stack is shorter. */
const MAX_TEXT = 10_000;

/**
 * Makes the log of a reactor. The log never throws, whatever it is handed. It is for changes of
 * state and faults, not for each message of a peer.
 */
export function createWorkerLog(writer: Pick<LogWriter, 'write'>, reactor: number): Logger {
  const line =
    (level: LogLevel) =>
    (first: unknown, second: unknown = {}): void => {
      const { message, fields } = inOrder(first, second);
      try {
        const text = shorten(String(message));
        const line = { level, message: text, fields: readable({ reactor, ...fields }) };
        writer.write(line);
      } catch {
        // A field cannot be cloned, such as a function. The line carries its fields as text.
        const line = { level, message: textOfThrown(message), fields: asTexts(fields) };
        writer.write({ ...line, fields: { reactor, ...line.fields } });
      }
    };
  return { debug: line('debug'), info: line('info'), warn: line('warn'), error: line('error') };
}

/** The fields as texts. Never throws, although a field may throw when it is read or printed. */
function asTexts(fields: LogFields): Record<string, string> {
  const texts: Record<string, string> = {};
  try {
    for (const name of Object.keys(fields)) {
      try {
        texts[name] = textOfThrown(fields[name]);
      } catch (error) {
        texts[name] = textOfThrown(error);
      }
    }
  } catch {
    // The names themselves cannot be read, as of a proxy: the message goes alone.
  }
  return texts;
}

/**
 * The message and the fields of a call. An application may hand in an error alone, an error as the
 * fields, or the fields first, as for pino.
 */
function inOrder(first: unknown, second: unknown): { message: unknown; fields: LogFields } {
  if (isError(first) && typeof second !== 'string')
    return { message: textOfThrown(first), fields: { err: first, ...(second as object) } };
  if (typeof second === 'string' && typeof first === 'object')
    return { message: second, fields: asFields(first) };
  return { message: first, fields: asFields(second) };
}

function asFields(value: unknown): LogFields {
  if (isError(value)) return { err: value };
  return typeof value === 'object' && value !== null ? (value as LogFields) : {};
}

/** A line that is too long for the log ring would be lost as a whole. */
function shorten(text: string): string {
  return text.length > MAX_TEXT ? textOfThrown(text) : text;
}

/**
 * The fields, with each error as an object: a clone would lose its code and its causes. Long texts
 * are cut.
 */
function readable(fields: LogFields): LogFields {
  let copy: Record<string, unknown> | undefined;
  for (const name in fields) {
    const value = fields[name];
    const isLong = typeof value === 'string' && value.length > MAX_TEXT;
    if (!isLong && !isError(value)) continue;
    copy ??= { ...fields };
    if (isLong) copy[name] = shorten(value);
    if (!isError(value)) continue;
    copy[name] = {
      type: value.name,
      message: textOfThrown(value),
      stack: stackOfThrown(value),
      code: codeOfThrown(value),
    };
  }
  return copy ?? fields;
}

/** Never throws, although a proxy may. */
function isError(value: unknown): value is Error {
  try {
    return value instanceof Error;
  } catch {
    return false;
  }
}
