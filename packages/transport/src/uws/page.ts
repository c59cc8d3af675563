import type { Page } from '@hioload/api';
import type { NativeResponse } from './native.js';

/**
 * Answers with a page and closes the connection after it. The response must be corked and not be
 * answered yet.
 */
export function writePage(res: NativeResponse, page: Page, method: string): void {
  const { type, body } = page;
  // Of a page that the kernel does not take at once the rest goes out later; without this the
  // native library ends the process.
  res.onAborted(() => undefined);
  res.writeStatus('200 OK');
  res.writeHeader('Content-Type', type);
  res.writeHeader('Cache-Control', 'no-cache');
  if (method === 'HEAD') res.endWithoutBody(Buffer.byteLength(body), true);
  else res.end(body, true);
}
