/* The answer with a page. */
import type { Page } from '@hioload/api';
import { pageBody } from '../shared/page-body.js';
import type { PagePlaces } from '../shared/page-places.js';
import type { NativeResponse } from './native.js';
import type { RequestHead } from './request.js';

/** Up to this many bytes, the native library may copy what the kernel does not take at once. */
const MAX_COPIED_BYTES = 65_536;

/**
 * Answers with a page. The connection is closed after the answer, a long one by its client. The
 * response must be corked and have no answer yet.
 */
export function writeNativePage(
  res: NativeResponse,
  page: Page,
  { method, remoteAddress }: RequestHead,
  places: PagePlaces,
): void {
  const body = pageBody(page);
  // The kernel may not take a whole page at once, and the rest goes out later. Without this handler
  // the native library ends the process then.
  res.onAborted(() => undefined);
  res.writeStatus('200 OK');
  res.writeHeader('Content-Type', page.type);
  res.writeHeader('Cache-Control', 'no-cache');
  if (method === 'HEAD') res.endWithoutBody(body.length, true);
  else if (body.length <= MAX_COPIED_BYTES) res.end(body, true);
  else writeInParts(res, body, remoteAddress, places);
}

/**
 * Writes as much as the kernel takes, again and again, from the memory of the page. The native
 * library would copy the rest for each client, and cannot be told to close after the last part.
 */
function writeInParts(
  res: NativeResponse,
  body: Uint8Array,
  remoteAddress: string,
  places: PagePlaces,
): void {
  res.writeHeader('Connection', 'close');
  const [, isDoneAtOnce] = res.tryEnd(body, body.length);
  if (isDoneAtOnce) return;
  const taker = { remoteAddress, cut: () => void res.close() };
  res.onAborted(() => places.leave(taker));
  res.onWritable((offset) => {
    const [isTaken, isDone] = res.tryEnd(body.subarray(offset), body.length);
    if (isDone) places.leave(taker);
    return isTaken;
  });
  places.enter(taker);
}
