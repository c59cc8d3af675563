/* Addresses of peers as text. */
import { ownText } from '@hioload/api';

const GROUPS = 8;
const MAPPED_IPV4 = '::ffff:';

/** Writes an address of Node; an IPv4 peer of an IPv6 socket in dotted form. */
export function toDottedForm(address: string): string {
  return address.startsWith(MAPPED_IPV4) && address.includes('.')
    ? ownText(address.slice(MAPPED_IPV4.length))
    : address;
}

/**
 * Writes an address of the native library, which gives bytes. Four bytes are written in dotted
 * form. Sixteen bytes are written in the shortest form, as `node:net` does (RFC 5952), and an IPv4
 * address inside of IPv6 in dotted form. No bytes stand for a Unix socket: the text is empty.
 */
export function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 2 * GROUPS) return '';
  if (isMappedIpv4(bytes)) return bytes.subarray(12).join('.');
  const groups = Array.from({ length: GROUPS }, (_, i) => (bytes[2 * i]! << 8) | bytes[2 * i + 1]!);
  const { start, length } = longestRunOfZeros(groups);
  const hex = groups.map((group) => group.toString(16));
  if (length < 2) return hex.join(':');
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`;
}

function isMappedIpv4(bytes: Uint8Array): boolean {
  return (
    bytes.subarray(0, 10).every((byte) => byte === 0) && bytes[10] === 0xff && bytes[11] === 0xff
  );
}

/** Finds the run of zeros that `::` stands for: the first of the longest ones. */
function longestRunOfZeros(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 };
  let start = 0;
  for (let i = 0; i < groups.length; i++) {
    if (groups[i] !== 0) start = i + 1;
    else if (i + 1 - start > best.length) best = { start, length: i + 1 - start };
  }
  return best;
}
