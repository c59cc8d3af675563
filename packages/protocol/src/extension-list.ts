// Parses and formats the header field `Sec-WebSocket-Extensions`.
import type { ExtensionParameters } from '@hioload/api';
import { isToken, trimBlanks } from './tokens.js';

/** One element of `Sec-WebSocket-Extensions`. */
export interface ListedExtension {
  /** In lower case. */
  readonly name: string;
  readonly parameters: ExtensionParameters;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/**
 * Parses `Sec-WebSocket-Extensions` (RFC 6455 section 9.1), in linear time. Returns undefined if
 * the field is malformed, and an empty list if it is absent.
 */
export function parseExtensions(field: string | undefined): readonly ListedExtension[] | undefined {
  const found: ListedExtension[] = [];
  if (field === undefined) return found;
  const elements = splitOutsideQuotes(field, ',');
  for (const element of elements ?? [';']) {
    if (element === '') continue;
    const [name, ...rest] = splitOutsideQuotes(element, ';') ?? [];
    if (name === undefined || !isToken(name)) return undefined;
    const parameters: [string, string | undefined][] = [];
    for (const text of rest) {
      const parameter = parseParameter(text);
      if (parameter === undefined) return undefined;
      parameters.push(parameter);
    }
    found.push({ name: name.toLowerCase(), parameters });
  }
  return found;
}

/** Writes one element of `Sec-WebSocket-Extensions`; names and values have to be tokens. */
export function formatExtension(name: string, parameters: ExtensionParameters): string {
  let text = name;
  for (const [parameter, value] of parameters)
    text += value === undefined ? `; ${parameter}` : `; ${parameter}=${value}`;
  return text;
}

function parseParameter(text: string): [string, string | undefined] | undefined {
  const equals = text.indexOf('=');
  const name = trimBlanks(text, 0, equals < 0 ? text.length : equals).toLowerCase();
  if (!isToken(name)) return undefined;
  if (equals < 0) return [name, undefined];
  const value = unquoted(trimBlanks(text, equals + 1, text.length));
  // A quoted value has to be a token as well (RFC 6455 section 9.1).
  return isToken(value) ? [name, value] : undefined;
}

function unquoted(value: string): string {
  if (value.charCodeAt(0) !== QUOTE) return value;
  if (value.length < 2 || value.charCodeAt(value.length - 1) !== QUOTE) return '';
  let content = '';
  for (let i = 1; i < value.length - 1; i++) {
    if (value.charCodeAt(i) === BACKSLASH) i += 1;
    content += value[i];
  }
  return content;
}

/**
 * Splits a text at the separators outside quotes, and trims the parts. Returns undefined if a quote
 * is not closed.
 */
function splitOutsideQuotes(text: string, separator: string): string[] | undefined {
  const parts: string[] = [];
  const code = separator.charCodeAt(0);
  let isQuoted = false;
  let from = 0;
  for (let i = 0; i < text.length; i++) {
    const at = text.charCodeAt(i);
    if (at === QUOTE) isQuoted = !isQuoted;
    else if (at === BACKSLASH && isQuoted) i += 1;
    else if (at === code && !isQuoted) {
      parts.push(trimBlanks(text, from, i));
      from = i + 1;
    }
  }
  parts.push(trimBlanks(text, from, text.length));
  return isQuoted ? undefined : parts;
}
