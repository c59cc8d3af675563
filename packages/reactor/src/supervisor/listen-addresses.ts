/** The numeric addresses of a host, and which of them overlap. */
import { lookup } from 'node:dns/promises';
import { isIP, SocketAddress } from 'node:net';

/**
 * The numeric addresses of a host, each in its one canonical form. `127.1` and a host name go
 * through the resolver of the system, in its order.
 * @throws the error of the resolver (as a rejection), such as ENOTFOUND or EAI_AGAIN
 */
export async function addressesOf(host: string): Promise<readonly string[]> {
  if (isIP(host) !== 0) return [canonical(host)];
  const found = await lookup(host, { all: true, verbatim: true });
  return [...new Set(found.map(({ address }) => canonical(address)))];
}

/**
 * Whether a listener on one address could take connections for the other. Both are canonical. `::`
 * is taken for a listener on every address of both families.
 */
export function overlap(a: string, b: string): boolean {
  if (a === '::' || b === '::') return true;
  const [one, other] = [unmapped(a), unmapped(b)];
  if (one === other) return true;
  return (one === ANY && isIP(other) === 4) || (other === ANY && isIP(one) === 4);
}

const ANY = '0.0.0.0';

/** The shortest form of an address. A scope such as `%eth0` stays. */
function canonical(address: string): string {
  if (isIP(address) === 4) return address;
  const [bare = '', scope] = address.split('%', 2);
  const short = new SocketAddress({ address: bare, family: 'ipv6' }).address;
  return scope === undefined ? short : `${short}%${scope}`;
}

/** The IPv4 address that `::ffff:127.0.0.1` stands for; any other address as it is. */
function unmapped(address: string): string {
  return /^::ffff:(\d+\.\d+\.\d+\.\d+)$/.exec(address)?.[1] ?? address;
}
