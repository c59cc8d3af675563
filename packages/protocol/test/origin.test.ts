// Tests of the check of origins.
import { expect, it } from 'vitest';
import { isOriginAllowed } from '../src/index.js';

it.each([
  ['no Origin field', undefined, 'example.com', [], true],
  ['the same host', 'https://example.com', 'example.com', [], true],
  ['the same host behind a proxy that ends TLS', 'https://example.com', 'example.com', [], true],
  ['the same host in another letter case', 'https://Example.COM', 'eXample.com', [], true],
  ['the same host and port', 'http://localhost:9001', 'localhost:9001', [], true],
  ['the default port written out in the host', 'http://example.com', 'example.com:80', [], true],
  [
    'the default port written out in the origin',
    'https://example.com:443',
    'example.com',
    [],
    true,
  ],
  ['an IPv6 host', 'http://[::1]:9001', '[::1]:9001', [], true],
  ['the port of another scheme', 'http://example.com', 'example.com:443', [], false],
  ['another port', 'http://localhost:3000', 'localhost:9001', [], false],
  ['another host', 'https://evil.example', 'example.com', [], false],
  ['a host that ends the same', 'https://notexample.com', 'example.com', [], false],
  ['a host that begins the same', 'https://example.com.evil.example', 'example.com', [], false],
  [
    'user and password before the host',
    'https://example.com@evil.example',
    'example.com',
    [],
    false,
  ],
  ['a scheme that is no web page', 'chrome-extension://example.com', 'example.com', [], false],
  ['the opaque origin', 'null', 'null', [], false],
  ['an empty origin', '', '', [], false],
  ['an origin without a scheme', 'example.com', 'example.com', [], false],
  ['two origins', 'https://example.com, https://evil.example', 'example.com', [], false],
  ['an origin on the list', 'https://app.example', 'example.com', ['https://app.example'], true],
  [
    'an origin on the list in another letter case',
    'HTTPS://App.Example',
    'example.com',
    ['https://app.example'],
    true,
  ],
  ['the opaque origin on the list', 'null', 'example.com', ['null'], true],
  ['any origin where all may', 'https://evil.example', 'example.com', ['*'], true],
  [
    'an origin with another port than on the list',
    'https://app.example:8443',
    'example.com',
    ['https://app.example'],
    false,
  ],
])('%s', (_, origin, host, allowed, isAllowed) => {
  expect(isOriginAllowed(origin, host, allowed)).toBe(isAllowed);
});
