import { refusalMessage } from '@hioload/protocol';
import type { Refusal } from '../shared/refusal.js';

/** The HTTP answer of a refusal, as it goes out. @param method of the request, where it is known */
export function refusalBytes({ status, headers, reason }: Refusal, method: string | undefined): Uint8Array {
  const answer = refusalMessage(status, headers, reason);
  // What follows the head of an answer to HEAD would be taken for the next answer (RFC 9110 section 9.3.2).
  return Buffer.from(method === 'HEAD' ? answer.slice(0, answer.indexOf('\r\n\r\n') + 4) : answer);
}
