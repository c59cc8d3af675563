/* The answer with a refusal. */
import { STATUS_CODES } from 'node:http';
import type { Refusal } from '../shared/refusal.js';
import { headerBytes } from './header-bytes.js';
import type { NativeResponse } from './native.js';

/**
 * Writes a refusal and closes the connection after the answer. The response must be corked and have
 * no answer yet.
 * @param method of the request: the answer to a HEAD has no body (RFC 9110 section 9.3.2)
 */
export function writeRefusal(res: NativeResponse, refusal: Refusal, method: string): void {
  const { status, headers, reason } = refusal;
  res.writeStatus(`${status} ${STATUS_CODES[status]}`);
  let hasType = false;
  for (const [name, value] of Object.entries(headers)) {
    res.writeHeader(name, headerBytes(value));
    // Whoever names a protocol to change to says so in Connection too (RFC 9110 section 7.8).
    if (name === 'Upgrade') res.writeHeader('Connection', 'Upgrade');
    hasType ||= name.toLowerCase() === 'content-type';
  }
  if (!hasType) res.writeHeader('Content-Type', 'text/plain; charset=utf-8');
  res.end(method === 'HEAD' ? '' : reason, true);
}
