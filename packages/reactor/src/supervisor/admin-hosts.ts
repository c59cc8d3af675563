/** Judges the host that a request for an admin page names. */
import { isHostAllowed, parseHost, parseIpv6 } from '@hioload/api';
import type { IncomingMessage } from 'node:http';
import { isIPv4 } from 'node:net';

/** The answer to a request that is refused for its host. */
export interface HostRefusal {
  /** 400 if the request names no host, 403 if the host is not allowed. */
  readonly status: 400 | 403;
  readonly error: string;
}

/**
 * Why a request is refused for its host; undefined if it is allowed. Without this check, a stranger
 * whose domain leads to this machine (DNS rebinding) could read the admin pages: by a web page in
 * the browser of somebody who may reach them. Such a request names the stranger's host. A numeric
 * address and a loopback name belong to no stranger.
 * @param allowed further hosts, as `isHostAllowed` takes them
 */
export function refusalOfHost(
  { headers, rawHeaders, httpVersion, url = '' }: IncomingMessage,
  allowed: readonly string[],
): HostRefusal | undefined {
  const fields = rawHeaders.filter((name, i) => i % 2 === 0 && name.toLowerCase() === 'host');
  if (fields.length > 1) return { status: 400, error: 'the request must have one Host field' };
  // A target in absolute form overrides the Host field (RFC 9112 section 3.2.2).
  const host = /^https?:\/\/([^/?#]*)/i.exec(url)?.[1] ?? headers.host;
  // HTTP/1.0, as some health checks speak it: no browser does.
  if (host === undefined && httpVersion === '1.0') return undefined;
  const parsed = parseHost(host ?? '');
  if (parsed === undefined)
    return { status: 400, error: `the Host field must be a host; got ${JSON.stringify(host)}` };
  if (isOfNoStranger(parsed.name) || isHostAllowed(host ?? '', allowed)) return undefined;
  return {
    status: 403,
    error:
      `the host ${JSON.stringify(parsed.name)} is not allowed here; use a numeric address, or ` +
      'allow the host with --admin-allowed-hosts (admin.allowedHosts)',
  };
}

function isOfNoStranger(name: string): boolean {
  if (name === 'localhost' || name.endsWith('.localhost') || isIPv4(name)) return true;
  return name.startsWith('[') && parseIpv6(name.slice(1, -1)) !== undefined;
}
