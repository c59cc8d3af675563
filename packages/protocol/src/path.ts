// Decides whether a path of the application serves the path of a request.

const PREFIX_MARK = '/*';

/**
 * Whether `pattern` serves a request path, which is given as sent and without its query. A pattern
 * is a path, or a prefix that ends in `/*`.
 */
export function isPathServed(path: string, pattern: string): boolean {
  if (!pattern.endsWith(PREFIX_MARK)) return path === pattern;
  return path.startsWith(pattern.slice(0, -1));
}
