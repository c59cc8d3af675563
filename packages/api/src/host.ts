/** Hosts of requests: their grammar, and the list of hosts that an operator allows. */
import { parseIpv6 } from './ip-address.js';

/** A host as a request names it (RFC 9110 section 7.2). */
export interface Host {
  /** In lower case, without a dot at its end. An IPv6 address stands in brackets. */
  readonly name: string;
  /** 0..65535; undefined where the request names no port. */
  readonly port: number | undefined;
}

/**
 * A registered name or an IPv4 address (RFC 3986 section 3.2.2). The comma of that grammar is left
 * out: no host has one, and a proxy may have joined two Host fields with it.
 */
const REGISTERED_NAME = /^(?:[\w.~!$&'()*+;=-]|%[\da-f]{2})+$/i;
const FUTURE_ADDRESS = /^v[\da-f]+\.[\w.~!$&'()*+,;=:-]+$/i;
const MAX_PORT = 65_535;
const WILDCARD = '*.';

/**
 * Reads the value of a Host field, or the authority of a URL: a host, and perhaps a colon and a
 * port, which may be empty. Returns undefined if the text is no such thing, also for an empty host
 * (RFC 9110 section 4.2.1) and for an authority with user and password (section 4.2.4).
 */
export function parseHost(text: string): Host | undefined {
  const colon = text.indexOf(':', Math.max(0, text.lastIndexOf(']')));
  const name = colon < 0 ? text : text.slice(0, colon);
  if (!isHostName(name)) return undefined;
  const digits = colon < 0 ? '' : text.slice(colon + 1);
  if (!/^\d*$/.test(digits) || Number(digits) > MAX_PORT) return undefined;
  const lower = name.toLowerCase();
  return {
    name: lower.length > 1 && lower.endsWith('.') ? lower.slice(0, -1) : lower,
    port: digits === '' ? undefined : Number(digits),
  };
}

/**
 * Whether a request that names `host` may be served (against DNS rebinding: a page of a stranger
 * whose name leads to this server still names the stranger's host).
 * @param allowed entries as {@link isHostEntry} takes them; an entry without a port allows every
 * port
 */
export function isHostAllowed(host: string, allowed: readonly string[]): boolean {
  const asked = parseHost(host);
  return asked !== undefined && allowed.some((entry) => entry === '*' || suits(asked, entry));
}

/**
 * Whether a text may stand in a list of allowed hosts: `example.org`, `example.org:8080`, `[::1]`,
 * `*.example.org` for all names below it, or `*` for every host.
 */
export function isHostEntry(entry: string): boolean {
  if (entry === '*') return true;
  const host = withoutWildcard(entry);
  return !host.includes('*') && parseHost(host) !== undefined;
}

/** Whether a name is one of an entry: the same, or below it where the entry begins with `*.`. */
export function isNameOf(name: string, entry: string): boolean {
  if (!entry.startsWith(WILDCARD)) return name === entry;
  const end = entry.slice(1);
  return name.length > end.length && name.endsWith(end);
}

function suits(asked: Host, entry: string): boolean {
  const wanted = parseHost(withoutWildcard(entry));
  if (wanted === undefined) return false;
  const name = entry.startsWith(WILDCARD) ? `*.${wanted.name}` : wanted.name;
  return isNameOf(asked.name, name) && (wanted.port === undefined || wanted.port === asked.port);
}

function withoutWildcard(entry: string): string {
  return entry.startsWith(WILDCARD) ? entry.slice(WILDCARD.length) : entry;
}

function isHostName(name: string): boolean {
  if (!name.startsWith('[')) return REGISTERED_NAME.test(name);
  if (!name.endsWith(']')) return false;
  const literal = name.slice(1, -1);
  return parseIpv6(literal) !== undefined || FUTURE_ADDRESS.test(literal);
}
