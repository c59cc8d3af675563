/* The part of a remote address that stands for one peer in limits. */
import { parseIpv6 } from './ip-address.js';

/** Prefixes of 96 bits whose addresses hold an IPv4 address each (RFC 4291, RFC 6052). */
const IPV4_PREFIXES = ['0,0,0,0,0,65535', '100,65435,0,0,0,0'];
const GROUP_BITS = 16;

/**
 * The text that is equal for addresses that count as one: an IPv4 address by itself, also inside of
 * IPv6, and an IPv6 address by its first bits, because a network hands out whole prefixes. An
 * address of the own link (`fe80::`) counts by itself. Any other text is its own key.
 * @param prefixBits 1..128
 */
export function addressKey(remoteAddress: string, prefixBits: number): string {
  if (!remoteAddress.includes(':')) return remoteAddress;
  const zone = remoteAddress.indexOf('%');
  const groups = parseIpv6(zone < 0 ? remoteAddress : remoteAddress.slice(0, zone));
  if (groups === undefined) return remoteAddress;
  if (IPV4_PREFIXES.includes(groups.slice(0, 6).join())) {
    const [high = 0, low = 0] = groups.slice(6);
    return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
  }
  if ((groups[0]! & 0xffc0) === 0xfe80) return remoteAddress;
  return groups.map((group, at) => group & maskOf(prefixBits - at * GROUP_BITS)).join(':');
}

/** The mask of a group of which `bits` bits count. */
function maskOf(bits: number): number {
  if (bits >= GROUP_BITS) return 0xffff;
  return bits <= 0 ? 0 : (0xffff << (GROUP_BITS - bits)) & 0xffff;
}
