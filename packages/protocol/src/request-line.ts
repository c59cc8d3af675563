// Parses the request line of HTTP/1.1.
import { parseHost } from '@hioload/api';
import { isToken } from './tokens.js';

/** What a request asks for. */
export interface RequestLine {
  readonly method: string;
  /** Path without the query, starting with a slash, as it was sent (not decoded). */
  readonly path: string;
  /** What follows the question mark, or the empty string. */
  readonly query: string;
  /** The host and port of a target that is a URL. It counts instead of the Host field. */
  readonly authority: string | undefined;
}

interface Target {
  /** Path and query. */
  readonly origin: string;
  readonly authority: string | undefined;
}

const VERSION = ' HTTP/1.1';

/**
 * Parses the request line of HTTP/1.1 (RFC 9112 section 3). The target may be a path, or a URL as a
 * proxy gets it. Returns undefined for any other target.
 */
export function parseRequestLine(line: string): RequestLine | undefined {
  const space = line.indexOf(' ');
  if (space < 1 || !line.endsWith(VERSION)) return undefined;
  const method = line.slice(0, space);
  const target = parseTarget(line.slice(space + 1, -VERSION.length));
  if (target === undefined || !isToken(method) || !isTarget(target.origin)) return undefined;
  const { origin, authority } = target;
  const mark = origin.indexOf('?');
  if (mark < 0) return { method, path: origin, query: '', authority };
  return { method, path: origin.slice(0, mark), query: origin.slice(mark + 1), authority };
}

/**
 * Whether a text may be a path with a query, or one of them: visible ASCII without a number sign,
 * which begins the part of a URL that is never sent (RFC 9112 section 3.2).
 */
export function isTarget(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 0x20 || code >= 0x7f || code === NUMBER_SIGN) return false;
  }
  return true;
}

const NUMBER_SIGN = 0x23;

function parseTarget(target: string): Target | undefined {
  if (target.startsWith('/')) return { origin: target, authority: undefined };
  const scheme = target.indexOf('://');
  // The scheme must be http or https, in any case of letters.
  if (scheme < 0 || !['http', 'https'].includes(target.slice(0, scheme).toLowerCase()))
    return undefined;
  const rest = target.slice(scheme + 3);
  const end = rest.search(/[/?]/);
  const authority = end < 0 ? rest : rest.slice(0, end);
  if (parseHost(authority) === undefined) return undefined;
  const path = end < 0 ? '/' : rest.slice(end);
  return { origin: path.startsWith('/') ? path : `/${path}`, authority };
}
