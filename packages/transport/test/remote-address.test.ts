// Tests of how addresses of peers are written.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { formatAddress } from '../src/shared/remote-address.js';

const ipv6 = (...groups: number[]): Uint8Array =>
  new Uint8Array(groups.flatMap((group) => [group >> 8, group & 0xff]));

it.each([
  [new Uint8Array([127, 0, 0, 1]), '127.0.0.1'],
  [ipv6(0, 0, 0, 0, 0, 0, 0, 1), '::1'],
  [ipv6(0, 0, 0, 0, 0, 0, 0, 0), '::'],
  [ipv6(0, 0, 0, 0, 0, 0xffff, 0x7f00, 1), '127.0.0.1'],
  [ipv6(0x2001, 0xdb8, 0, 0, 1, 0, 0, 1), '2001:db8::1:0:0:1'],
  [ipv6(0x2001, 0xdb8, 0, 1, 1, 1, 1, 1), '2001:db8:0:1:1:1:1:1'],
  [ipv6(0xfe80, 0, 0, 0, 0xabcd, 1, 2, 0), 'fe80::abcd:1:2:0'],
  [ipv6(1, 2, 3, 4, 5, 6, 0, 0), '1:2:3:4:5:6::'],
  [new Uint8Array(), ''],
])('writes %j as %s', (bytes, text) => {
  expect(formatAddress(bytes)).toBe(text);
});

it('writes IPv6 addresses as the URL standard does', () => {
  const group = fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 0xffff }));
  fc.assert(
    fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
      const full = groups.map((value) => value.toString(16)).join(':');
      // The URL standard has no dotted form.
      fc.pre(!full.startsWith('0:0:0:0:0:ffff:'));
      expect(`[${formatAddress(ipv6(...groups))}]`).toBe(new URL(`http://[${full}]`).hostname);
    }),
  );
});
