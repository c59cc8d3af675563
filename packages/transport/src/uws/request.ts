/* The head of a request, copied out of native memory. */
import type { UpgradeRequest } from '@hioload/api';
import { formatAddress } from '../shared/remote-address.js';
import type { NativeRequest, NativeResponse } from './native.js';

/** A copy of the head. The native request is gone when its handler returns. */
export interface RequestHead extends Omit<UpgradeRequest, 'signal' | 'protocols'> {
  /** The method as it was sent: methods are case-sensitive (RFC 9110 section 9.1). */
  readonly method: string;
}

/** Copies a request and the address of its peer, which an open WebSocket may not tell any more. */
export function copyHead(res: NativeResponse, req: NativeRequest): RequestHead {
  const headers = new Map<string, string>();
  req.forEach((name, value) => {
    const former = headers.get(name);
    headers.set(name, former === undefined ? value : `${former}, ${value}`);
  });
  return {
    method: req.getCaseSensitiveMethod(),
    path: req.getUrl(),
    query: req.getQuery() ?? '',
    headers,
    remoteAddress: formatAddress(new Uint8Array(res.getRemoteAddress())),
  };
}
