/* The answer with a page. */
import type { Page } from '@hioload/api';
import { pageBody } from '../shared/page-body.js';
import type { NativeResponse } from './native.js';

/**
 * Answers with a page and closes the connection after the answer. The response must be corked and
 * have no answer yet.
 */
export function writeNativePage(res: NativeResponse, page: Page, method: string): void {
  const { type } = page;
  const body = pageBody(page);
  // The kernel may not take a whole page at once, and the rest goes out later. Without this handler
  // the native library ends the process then.
  res.onAborted(() => undefined);
  res.writeStatus('200 OK');
  res.writeHeader('Content-Type', type);
  res.writeHeader('Cache-Control', 'no-cache');
  if (method === 'HEAD') res.endWithoutBody(body.length, true);
  else res.end(body, true);
}
