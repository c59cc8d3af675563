// Decides whether a page of one origin may connect to a host.

const DEFAULT_PORTS: Readonly<Record<string, string>> = { 'http:': ':80', 'https:': ':443' };

/**
 * Whether a page of `origin` may open a connection to a server that was addressed as `host` (RFC
 * 6455 section 10.2). Every browser sends an Origin field, so a request without one is allowed.
 * Otherwise the page must come from the same host and port, or the list must contain `*` or the
 * origin in lower case. The opaque origin `null` belongs to no host.
 */
export function isOriginAllowed(
  origin: string | undefined,
  host: string,
  allowed: readonly string[],
): boolean {
  if (origin === undefined) return true;
  const lower = origin.toLowerCase();
  return allowed.includes('*') || allowed.includes(lower) || isSameHost(lower, host.toLowerCase());
}

function isSameHost(origin: string, host: string): boolean {
  const schemeEnd = origin.indexOf('://');
  if (schemeEnd < 1) return false;
  const defaultPort = DEFAULT_PORTS[origin.slice(0, schemeEnd + 1)];
  if (defaultPort === undefined) return false;
  return withoutPort(origin.slice(schemeEnd + 3), defaultPort) === withoutPort(host, defaultPort);
}

/**
 * An authority without its port, if the port is the default of the scheme: with and without the
 * port it is the same server.
 */
function withoutPort(authority: string, defaultPort: string): string {
  return authority.endsWith(defaultPort) ? authority.slice(0, -defaultPort.length) : authority;
}
