import type { Page } from '@hioload/api';
import { refusalMessage } from '@hioload/protocol';
import type { Refusal } from '../shared/refusal.js';

/** The HTTP answer of a refusal, as it goes out. @param method of the request, where it is known */
export function refusalBytes({ status, headers, reason }: Refusal, method: string | undefined): Uint8Array {
  const answer = refusalMessage(status, headers, reason);
  // What follows the head of an answer to HEAD would be taken for the next answer (RFC 9110 section 9.3.2).
  return Buffer.from(method === 'HEAD' ? answer.slice(0, answer.indexOf('\r\n\r\n') + 4) : answer);
}

/** The HTTP answer that a page is, as it goes out. */
export function pageBytes({ type, body }: Page, method: string): Uint8Array {
  const content = typeof body === 'string' ? Buffer.from(body) : body;
  const head = Buffer.from(
    `HTTP/1.1 200 OK\r\nConnection: close\r\nCache-Control: no-cache\r\nContent-Type: ${type}\r\n` +
      `Content-Length: ${content.length}\r\n\r\n`,
    'latin1',
  );
  return method === 'HEAD' ? head : Buffer.concat([head, content]);
}
