/*
 * Reads header fields of HTTP in one pass each. It uses no regular expressions, so that the time
 * never grows faster than the length of the input. (WebSocket servers have been attacked that way.)
 */

/** Codes of the characters a token may hold (RFC 9110 section 5.6.2), by index. */
const IS_TOKEN_CODE = new Uint8Array(128);
const MARKS = "!#$%&'*+-.^_`|~";
const DIGITS_AND_LETTERS = '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz';
for (const char of MARKS + DIGITS_AND_LETTERS) {
  IS_TOKEN_CODE[char.charCodeAt(0)] = 1;
}

const COMMA = 0x2c;
const SPACE = 0x20;
const TAB = 0x09;
const DELETE = 0x7f;

/**
 * Whether `text` is a token: the name of a field, of a subprotocol, of an extension (RFC 9110
 * section 5.6.2).
 */
export function isToken(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    if (IS_TOKEN_CODE[text.charCodeAt(i)] !== 1) return false;
  }
  return text.length > 0;
}

/**
 * Whether `text` is allowed as the value of a header field. The only allowed control character is
 * the tab, so CR, LF and NUL are not. Characters above U+00FF are not allowed, because header
 * fields have no encoding for them (RFC 9110 section 5.5).
 */
export function isFieldValue(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code < SPACE && code !== TAB) || code === DELETE || code > 0xff) return false;
  }
  return true;
}

/**
 * Splits a list of header values at its commas. Trims the elements and leaves out empty ones (RFC
 * 9110 section 5.6.1).
 */
export function splitList(value: string): string[] {
  const elements: string[] = [];
  let from = 0;
  for (let i = 0; i <= value.length; i++) {
    if (i < value.length && value.charCodeAt(i) !== COMMA) continue;
    const element = trimBlanks(value, from, i);
    if (element.length > 0) elements.push(element);
    from = i + 1;
  }
  return elements;
}

/**
 * Whether a list of tokens contains `token`, which must be in lower case. The list may be in any
 * case.
 */
export function listHasToken(value: string, token: string): boolean {
  for (const element of splitList(value)) {
    if (element.length === token.length && element.toLowerCase() === token) return true;
  }
  return false;
}

/**
 * The text without the spaces and tabs at its ends. `String.trim` would remove other white space
 * too.
 */
export function trimBlanks(text: string, from: number, to: number): string {
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}
