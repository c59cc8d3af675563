/* The HTTP answers to requests that open no WebSocket: refusals and pages. */
import type { NetConn, Page, WriteLease } from '@hioload/api';
import { refusalMessage } from '@hioload/protocol';
import { pageBody } from '../../shared/page-body.js';
import type { Refusal } from '../../shared/refusal.js';

/** Encodes a refusal. @param method of the request, where it is known */
export function refusalBytes(
  { status, headers, reason }: Refusal,
  method: string | undefined,
): Uint8Array {
  const answer = refusalMessage(status, headers, reason);
  const bodyStart = answer.indexOf('\r\n\r\n') + 4;
  const head = Buffer.from(answer.slice(0, bodyStart), 'latin1');
  // A client would take a body behind the answer to a HEAD for the next answer (RFC 9110 section
  // 9.3.2).
  return method === 'HEAD' ? head : Buffer.concat([head, Buffer.from(answer.slice(bodyStart))]);
}

/** Up to this many bytes, the head and the body of a page go out in one write. */
const MAX_JOINED_BYTES = 16_384;
/** The lease of memory that is never given back. */
const NO_LEASE: WriteLease = { release: () => undefined };
function pageHead({ type }: Page, bodyBytes: number): Uint8Array {
  return Buffer.from(
    `HTTP/1.1 200 OK\r\nConnection: close\r\nCache-Control: no-cache\r\nContent-Type: ${type}\r\n` +
      `Content-Length: ${bodyBytes}\r\n\r\n`,
    'latin1',
  );
}

/** Writes a page as an HTTP answer. */
export function writePage(net: NetConn, page: Page, method: string): void {
  const body = pageBody(page);
  const head = pageHead(page, body.length);
  if (method === 'HEAD' || body.length <= MAX_JOINED_BYTES) {
    const answer = method === 'HEAD' ? head : Buffer.concat([head, body]);
    net.write(answer, 0, answer.length);
    return;
  }
  net.write(head, 0, head.length);
  // A large body is not copied. With a copy, each client that asks for a large page and does not
  // read it would take that much memory.
  net.write(body, 0, body.length, NO_LEASE);
}
