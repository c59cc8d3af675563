// Tests of the grammar of hosts, and of the lists of allowed hosts.
import { describe, expect, it } from 'vitest';
import { isHostAllowed, isHostEntry, parseHost, parseIpv6 } from '../src/index.js';

describe('parseHost', () => {
  it.each([
    ['localhost', 'localhost', undefined],
    ['Example.ORG.:080', 'example.org', 80],
    ['example.org:', 'example.org', undefined],
    ['[2001:DB8::1]:9001', '[2001:db8::1]', 9001],
    ['[v1.a:b]', '[v1.a:b]', undefined],
    ['a%20b', 'a%20b', undefined],
  ])('reads %s', (text, name, port) => expect(parseHost(text)).toEqual({ name, port }));

  it.each(['', ':80', 'a:b', 'a:65536', '[::1', '::1', '[::1]a', '[]', 'a/b', 'a@b', 'a,b', 'a%2'])(
    'finds no host in %j',
    (text) => expect(parseHost(text)).toBeUndefined(),
  );
});

describe('parseIpv6', () => {
  it.each([
    ['::', [0, 0, 0, 0, 0, 0, 0, 0]],
    ['1:2:3:4:5:6:7::', [1, 2, 3, 4, 5, 6, 7, 0]],
    ['::ffff:1.2.3.4', [0, 0, 0, 0, 0, 0xffff, 0x102, 0x304]],
    ['1:2:3:4:5:6:7:ABCD', [1, 2, 3, 4, 5, 6, 7, 0xabcd]],
  ])('reads %s', (text, groups) => expect(parseIpv6(text)).toEqual(groups));

  it.each(['', ':', ':::', '1::2::3', '1:2:3:4:5:6:7', '1:2:3:4:5:6:7:8:9', '1:2:3:4:5:6:7:8::'])(
    'refuses %j',
    (text) => expect(parseIpv6(text)).toBeUndefined(),
  );
  it.each(['::12345', '::g', '::1.2.3.256', '1.2.3.4::', '::1%lo', '1.2.3.4', '::01.2.3.4'])(
    'refuses %j',
    (text) => expect(parseIpv6(text)).toBeUndefined(),
  );
});

describe('isHostAllowed', () => {
  it.each([
    ['a.example', ['a.example'], true],
    ['A.EXAMPLE.:9001', ['a.example'], true],
    ['a.example', ['b.example', 'A.example'], true],
    ['a.example:9001', ['a.example:9001'], true],
    ['a.example', ['a.example:9001'], false],
    ['evil.example', ['a.example'], false],
    ['a.example.evil', ['a.example'], false],
    ['x.a.example', ['a.example'], false],
    ['x.y.a.example', ['*.a.example'], true],
    ['a.example', ['*.a.example'], false],
    ['.a.example', ['*.a.example'], false],
    ['[::1]:80', ['[::1]'], true],
    ['anything', ['*'], true],
    ['not a host', ['*'], false],
    ['a.example', [], false],
  ])('%s by %j: %s', (host, allowed, isAllowed) => {
    expect(isHostAllowed(host, allowed)).toBe(isAllowed);
  });

  it('takes hosts, hosts below a name, and every host for its list', () => {
    const entries = ['a.example', 'a.example:80', '[::1]', '*.a.example', '*', ''];
    expect(entries.map(isHostEntry)).toEqual([true, true, true, true, true, false]);
    const wrong = ['http://a.example', '*a.example', 'a.*.example', '*.*.a', 'a/b', '*.'];
    expect(wrong.filter(isHostEntry)).toEqual([]);
  });
});
