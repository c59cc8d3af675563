/* The head of a request, copied out of native memory. */
import { addField, type UpgradeRequest } from '@hioload/api';
import { isFieldValue, isTarget, isToken } from '@hioload/protocol';
import { formatAddress } from '../shared/remote-address.js';
import type { NativeRequest, NativeResponse } from './native.js';

/** A copy of the head. The native request is gone when its handler returns. */
export interface RequestHead extends Omit<UpgradeRequest, 'signal' | 'protocols'> {
  /** The method as it was sent: methods are case-sensitive (RFC 9110 section 9.1). */
  readonly method: string;
  /** The octets of the head, without the blanks around values, which the native library drops. */
  readonly headBytes: number;
  /** The name of a field that holds one value and came more than once. */
  readonly repeated: string | undefined;
  /**
   * Whether the request keeps the grammar of HTTP, as far as the native library shows it, and the
   * library has lost none of its bytes.
   */
  readonly isWellFormed: boolean;
}

/** What a first line has besides its parts, with the empty line at the end of the head. */
const FIRST_LINE_BYTES = '  HTTP/1.1\r\n\r\n'.length;
const FIELD_LINE_BYTES = ':\r\n'.length;
/** What the native library puts in the place of bytes that are no UTF-8. */
const REPLACEMENT = '\uFFFD';

/** Copies a request and the address of its peer, which an open WebSocket may not tell any more. */
export function copyHead(res: NativeResponse, req: NativeRequest): RequestHead {
  const headers = new Map<string, string>();
  const method = req.getCaseSensitiveMethod();
  const path = req.getUrl();
  const query = req.getQuery() ?? '';
  let isWellFormed = isToken(method) && isTarget(path) && isTarget(query);
  let headBytes = FIRST_LINE_BYTES + method.length + path.length + query.length;
  let repeated: string | undefined;
  req.forEach((name, decoded) => {
    const value = toLatin1(decoded);
    headBytes += name.length + value.length + FIELD_LINE_BYTES;
    isWellFormed &&= isToken(name) && isFieldValue(value);
    if (!addField(headers, name, value)) repeated ??= name;
  });
  return {
    method,
    path,
    query,
    headers,
    headBytes,
    repeated,
    isWellFormed,
    remoteAddress: formatAddress(new Uint8Array(res.getRemoteAddress())),
  };
}

/**
 * The octets of a value as characters, as HTTP has them (RFC 9110 section 5.5). The native library
 * decodes a value as UTF-8. Where that has lost octets, the replacement character stays in the
 * value, which no field value may have.
 */
function toLatin1(decoded: string): string {
  if (isAscii(decoded) || decoded.includes(REPLACEMENT)) return decoded;
  return Buffer.from(decoded).toString('latin1');
}

function isAscii(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 0x7f) return false;
  return true;
}
