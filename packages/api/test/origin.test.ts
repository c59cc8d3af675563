// Tests of the check of origins.
import { expect, it } from 'vitest';
import { isOriginAllowed, isOriginEntry } from '../src/index.js';

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
  ['an origin below a name of the list', 'https://a.b.example', 'x', ['https://*.b.example'], true],
  ['the name itself', 'https://b.example', 'x', ['https://*.b.example'], false],
  ['an origin that ends the same', 'https://ab.example', 'x', ['https://*.b.example'], false],
  ['another scheme below a name', 'http://a.b.example', 'x', ['https://*.b.example'], false],
  ['a list with the default port', 'https://a.example', 'x', ['https://a.example:443'], true],
  ['a Host with an empty port', 'http://a.example', 'a.example:', [], true],
])('%s', (_, origin, host, allowed, isAllowed) => {
  expect(isOriginAllowed(origin, host, allowed)).toBe(isAllowed);
});

it('takes origins, hosts below a name, null and every origin for its list', () => {
  const entries = ['https://a.example', 'capacitor://localhost', 'https://*.a.example:8443'];
  expect([...entries, 'null', '*'].filter((entry) => !isOriginEntry(entry))).toEqual([]);
  const wrong = ['a.example', 'https://', 'https://a/', 'https://a/b', 'https://*', '*.a.example'];
  expect([...wrong, 'https://a.*.b', 'https://u@a', ''].filter(isOriginEntry)).toEqual([]);
});
