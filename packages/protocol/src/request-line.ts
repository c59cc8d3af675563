/** What a request asks for. */
export interface RequestLine {
  readonly method: string;
  /** Path without the query, starting with a slash, as it was sent (not decoded). */
  readonly path: string;
  /** What follows the question mark, or the empty string. */
  readonly query: string;
}

const VERSION = ' HTTP/1.1';

/**
 * Parses the request line of HTTP/1.1 (RFC 9112 section 3). The target may be a path, or a URL as a
 * proxy gets it, whose path is used. Returns undefined for any other target.
 */
export function parseRequestLine(line: string): RequestLine | undefined {
  const space = line.indexOf(' ');
  if (space < 1 || !line.endsWith(VERSION)) return undefined;
  const method = line.slice(0, space);
  const target = originForm(line.slice(space + 1, -VERSION.length));
  if (target === undefined || !isVisible(method) || !isVisible(target)) return undefined;
  const mark = target.indexOf('?');
  if (mark < 0) return { method, path: target, query: '' };
  return { method, path: target.slice(0, mark), query: target.slice(mark + 1) };
}

function originForm(target: string): string | undefined {
  if (target.startsWith('/')) return target;
  const authority = target.indexOf('://');
  // The scheme must be http or https, in any case of letters.
  if (authority < 0 || !['http', 'https'].includes(target.slice(0, authority).toLowerCase()))
    return undefined;
  const path = target.slice(authority + 3);
  const slash = path.indexOf('/');
  if (slash === 0 || path === '') return undefined;
  if (slash > 0) return path.slice(slash);
  return path.includes('?') ? `/${path.slice(path.indexOf('?'))}` : '/';
}

/** Whether a text is of visible ASCII only: no blank, no control character, nothing above. */
function isVisible(text: string): boolean {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code <= 0x20 || code >= 0x7f) return false;
  }
  return true;
}
