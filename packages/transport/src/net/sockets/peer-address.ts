const MAPPED_IPV4 = '::ffff:';

/** An address as Node writes it, of an IPv4 peer of an IPv6 socket in dotted form. */
export function toDottedForm(address: string): string {
  return address.startsWith(MAPPED_IPV4) && address.includes('.')
    ? address.slice(MAPPED_IPV4.length)
    : address;
}
