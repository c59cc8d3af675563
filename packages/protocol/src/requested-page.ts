// Finds out which page a plain HTTP request asks for.
import type { Page } from '@hioload/api';
import { asksForWebSocket } from './handshake.js';

/** The part of a request that names a page. */
export interface PageRequest {
  /** As it was sent: methods are case-sensitive (RFC 9110 section 9.1). */
  readonly method: string;
  /** As it was sent, without the query. */
  readonly path: string;
  /** Values by lower-case name; those of repeated fields are joined as `addField` joins them. */
  readonly headers: ReadonlyMap<string, string>;
}

/**
 * The page that a plain GET or HEAD asks for. Undefined if the request must be checked as a
 * handshake.
 */
export function requestedPage(
  pages: ReadonlyMap<string, Page>,
  request: PageRequest,
): Page | undefined {
  const { method, path, headers } = request;
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  const page = pages.get(path);
  return page === undefined || asksForWebSocket(headers) ? undefined : page;
}
