/** Origins of web pages: the check whether a page may connect, and the list of allowed origins. */
import { type Host, isNameOf, parseHost } from './host.js';

const DEFAULT_PORTS: Readonly<Record<string, number>> = { http: 80, https: 443 };
const WILDCARD = '://*.';
const SCHEME = /^([a-z][a-z\d+.-]*):\/\/(.*)$/;

interface Origin {
  readonly scheme: string;
  readonly host: Host;
}

/**
 * Whether a page of `origin` may open a connection to a server that was addressed as `host` (RFC
 * 6455 section 10.2). Every browser sends an Origin field, so a request without one is allowed.
 * Otherwise the page must come from the same host and port, or the list must contain the origin.
 * The opaque origin `null` belongs to no host.
 * @param allowed entries as {@link isOriginEntry} takes them
 */
export function isOriginAllowed(
  origin: string | undefined,
  host: string,
  allowed: readonly string[],
): boolean {
  if (origin === undefined) return true;
  const lower = origin.toLowerCase();
  if (allowed.includes('*') || allowed.includes(lower)) return true;
  const asked = parseOrigin(lower);
  if (asked === undefined) return false;
  return isSameHost(asked, host) || allowed.some((entry) => suits(asked, entry));
}

/**
 * Whether a text may stand in a list of allowed origins: `https://example.org`, with a port where
 * it is not the default of the scheme, `https://*.example.org` for all hosts below it, `null` for
 * the opaque origin, or `*` for every origin.
 */
export function isOriginEntry(entry: string): boolean {
  if (entry === '*' || entry === 'null') return true;
  const origin = withoutWildcard(entry.toLowerCase());
  return !origin.includes('*') && parseOrigin(origin) !== undefined;
}

/** Reads an origin in lower case (RFC 6454 section 6.2). */
function parseOrigin(text: string): Origin | undefined {
  const [, scheme, authority] = SCHEME.exec(text) ?? [];
  if (scheme === undefined || authority === undefined) return undefined;
  const host = parseHost(authority);
  return host === undefined ? undefined : { scheme, host };
}

function isSameHost({ scheme, host }: Origin, addressed: string): boolean {
  const defaultPort = DEFAULT_PORTS[scheme];
  const server = parseHost(addressed);
  if (defaultPort === undefined || server === undefined) return false;
  const isSamePort = (host.port ?? defaultPort) === (server.port ?? defaultPort);
  return isSamePort && host.name === server.name;
}

function suits(asked: Origin, entry: string): boolean {
  const lower = entry.toLowerCase();
  const wanted = parseOrigin(withoutWildcard(lower));
  if (wanted === undefined || wanted.scheme !== asked.scheme) return false;
  const defaultPort = DEFAULT_PORTS[asked.scheme];
  if ((wanted.host.port ?? defaultPort) !== (asked.host.port ?? defaultPort)) return false;
  const name = lower.includes(WILDCARD) ? `*.${wanted.host.name}` : wanted.host.name;
  return isNameOf(asked.host.name, name);
}

function withoutWildcard(entry: string): string {
  return entry.replace(WILDCARD, '://');
}
