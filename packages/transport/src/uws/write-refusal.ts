import { STATUS_CODES } from 'node:http';
import type { Refusal } from '../shared/refusal.js';
import type { NativeResponse } from './native.js';

/** Writes an answer and closes the connection after it. The response must be corked and not be answered yet. */
export function writeRefusal(res: NativeResponse, refusal: Refusal): void {
  const { status, headers, reason } = refusal;
  res.writeStatus(`${status} ${STATUS_CODES[status]}`);
  let hasType = false;
  for (const [name, value] of Object.entries(headers)) {
    res.writeHeader(name, value);
    hasType ||= name.toLowerCase() === 'content-type';
  }
  if (!hasType) res.writeHeader('Content-Type', 'text/plain; charset=utf-8');
  res.end(reason, true);
}
