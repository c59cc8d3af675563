// Tests of the opening handshake between our client and our server.
import type { Extension, ExtensionSession } from '@hioload/api';
import { describe, expect, it } from 'vitest';
import {
  acceptanceHead,
  acceptKey,
  ClientHandshake,
  type ClientHandshakeOptions,
  formatExtension,
  negotiateExtension,
  newHandshakeKey,
  OpeningReader,
  parseExtensions,
  refusalMessage,
} from '../src/index.js';

const session = { reservedBits: 4 } as ExtensionSession;

/** An extension that accepts offers with `level` and answers with that level. */
const leveled: Extension = {
  name: 'x-leveled',
  offers: () => [[['level', '9']], []],
  accept: (offer) => {
    const level = offer.find(([name]) => name === 'level');
    return level === undefined ? undefined : { session, parameters: [level] };
  },
  settle: (answer) => (answer.length === 1 && answer[0]?.[0] === 'level' ? session : undefined),
};

function answerTo(options: Partial<ClientHandshakeOptions>, answer: (key: string) => string) {
  const client = new ClientHandshake({ host: 'localhost:1', target: '/', ...options });
  const key = /Sec-WebSocket-Key: (\S+)/.exec(client.request)?.[1] ?? '';
  const bytes = Buffer.from(answer(key), 'latin1');
  const whole = client.read(bytes, 0, bytes.length);
  expect(whole).toBe(bytes.length);
  return client.result();
}

describe('the opening handshake', () => {
  it('computes the accept value of RFC 6455 section 1.3', () => {
    expect(acceptKey('dGhlIHNhbXBsZSBub25jZQ==')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
  });

  it('takes a new key of 16 bytes each time', () => {
    const keys = Array.from({ length: 100 }, newHandshakeKey);
    expect(new Set(keys).size).toBe(100);
    expect(keys.every((key) => Buffer.from(key, 'base64').length === 16)).toBe(true);
  });

  it('succeeds between our client and our server, with a subprotocol and an extension', () => {
    const client = new ClientHandshake({
      host: 'example.com',
      target: '/chat?x=1',
      protocols: ['v2', 'v1'],
      extension: leveled,
      headers: { Origin: 'http://example.com' },
    });
    const opening = new OpeningReader();
    const request = Buffer.from(client.request, 'latin1');
    expect(opening.read(request, 0, request.length)).toBe(request.length);
    const result = opening.result();
    if (result?.ok !== true) expect.fail(JSON.stringify(result));
    expect(result.request).toMatchObject({
      path: '/chat',
      query: 'x=1',
      protocols: ['v2', 'v1'],
      host: 'example.com',
    });

    const negotiated = negotiateExtension(result.request.extensions, leveled);
    expect(negotiated).toEqual({ session, element: 'x-leveled; level=9' });
    const head = acceptanceHead({
      key: result.request.key,
      protocol: 'v1',
      extension: negotiated?.element,
    });
    const frame = '\x81\x00';
    const answer = Buffer.from(head + frame, 'latin1');
    expect(client.result()).toBeUndefined();
    expect(client.read(answer, 0, answer.length)).toBe(answer.length - 2);
    expect(client.result()).toEqual({ ok: true, protocol: 'v1', extension: session });
  });

  it('declines offers that the extension refuses, and ignores other names', () => {
    const offered = parseExtensions('other, x-leveled, X-Leveled; level="3"') ?? [];
    expect(negotiateExtension(offered, leveled)?.element).toBe('x-leveled; level=3');
    expect(negotiateExtension(parseExtensions('other') ?? [], leveled)).toBeUndefined();
  });

  it.each([
    ['', []],
    [' , ,', []],
    ['a', [{ name: 'a', parameters: [] }]],
    [
      'A; B=c ;d = "e\\f" , g',
      [
        {
          name: 'a',
          parameters: [
            ['b', 'c'],
            ['d', 'ef'],
          ],
        },
        { name: 'g', parameters: [] },
      ],
    ],
    ['a; b="c,d"', undefined],
    ['a; b="', undefined],
    ['a; b=', undefined],
    ['a;', undefined],
    ['a b', undefined],
    ['; a', undefined],
    ['a; b c', undefined],
  ])('takes the list %j apart', (text, expected) => {
    expect(parseExtensions(text)).toEqual(expected);
  });

  it('writes the parameters that it reads', () => {
    const [element] = parseExtensions('a; b=c; d') ?? [];
    expect(formatExtension('a', element?.parameters ?? [])).toBe('a; b=c; d');
  });

  describe('as the client sees the answer', () => {
    const good = (key: string): string => acceptanceHead({ key });

    it('takes an answer in any letter case, and refuses what was not offered', () => {
      const shout = (key: string): string =>
        'HTTP/1.1 101\r\nUPGRADE: WebSocket\r\nCONNECTION: x, upgrade\r\n' +
        `sec-websocket-accept: ${acceptKey(key)}\r\n\r\n`;
      expect(answerTo({}, shout)).toEqual({ ok: true, protocol: '', extension: undefined });
      expect(answerTo({ protocols: ['a'], extension: leveled }, good)).toEqual({
        ok: true,
        protocol: '',
        extension: undefined,
      });
    });

    it.each<readonly [string, string, (key: string) => string]>([
      ['another status', 'status', () => refusalMessage(503, {}, '')],
      ['a redirect', 'status', () => 'HTTP/1.1 301 Moved\r\nLocation: ws://elsewhere/\r\n\r\n'],
      ['200', 'status', () => 'HTTP/1.1 200 OK\r\n\r\n'],
      ['HTTP/1.0', 'malformed', (key) => good(key).replace('HTTP/1.1', 'HTTP/1.0')],
      ['a status that is no number', 'malformed', () => 'HTTP/1.1 1x1 Huh\r\n\r\n'],
      ['bytes that are no HTTP', 'malformed', () => '\x81\x00\r\n\r\n'],
      ['too many bytes', 'too-large', () => 'x'.repeat(8_192)],
      [
        'no upgrade',
        'not-an-upgrade',
        (key) => good(key).replace('Upgrade: websocket', 'Upgrade: h2c'),
      ],
      [
        'no connection',
        'not-an-upgrade',
        (key) => good(key).replace('Connection: Upgrade', 'Connection: close'),
      ],
      ['no accept value', 'accept', (key) => good(key).replace(/Sec-WebSocket-Accept.*\r\n/, '')],
      ['the accept value of another key', 'accept', () => good(newHandshakeKey())],
      ['a subprotocol not offered', 'protocol', (key) => acceptanceHead({ key, protocol: 'b' })],
      ['an extension not offered', 'extension', (key) => acceptanceHead({ key, extension: 'y' })],
      [
        'parameters not offered',
        'extension',
        (key) => acceptanceHead({ key, extension: 'x-leveled; huh' }),
      ],
      [
        'two extensions',
        'extension',
        (key) => acceptanceHead({ key, extension: 'x-leveled; level=1, x-leveled' }),
      ],
    ])('refuses %s', (_name, fault, answer) => {
      expect(answerTo({ protocols: ['a'], extension: leveled }, answer)).toMatchObject({
        ok: false,
        fault,
      });
    });

    it('refuses an extension if it offered none', () => {
      const answer = (key: string): string =>
        acceptanceHead({ key, extension: 'x-leveled; level=1' });
      expect(answerTo({}, answer)).toMatchObject({ ok: false, fault: 'extension', status: 101 });
    });

    it.each([
      { host: '' },
      { host: 'a\r\nb' },
      { target: 'a' },
      { target: '/a b' },
      { target: 'http://x/' },
      { protocols: ['a b'] },
      { headers: { 'Sec-WebSocket-Key': 'x' } },
      { headers: { Host: 'x' } },
      { headers: { 'a b': 'x' } },
      { headers: { a: 'x\r\ny: z' } },
    ])('does not send %j', (options) => {
      expect(() => new ClientHandshake({ host: 'a', target: '/', ...options })).toThrow(
        expect.objectContaining({ code: 'HIOLOAD_OPTION_INVALID' }),
      );
    });
  });

  describe('as the server answers', () => {
    it('refuses with the fields that the status needs', () => {
      const headers = { Upgrade: 'websocket', 'Sec-WebSocket-Version': '13', 'Retry-After': '1' };
      expect(refusalMessage(426, headers, 'Nö.')).toBe(
        'HTTP/1.1 426 Upgrade Required\r\nConnection: Upgrade, close\r\nUpgrade: websocket\r\n' +
          'Sec-WebSocket-Version: 13\r\nContent-Type: text/plain; charset=utf-8\r\n' +
          'Retry-After: 1\r\n' +
          'Content-Length: 4\r\n\r\nNö.',
      );
      expect(refusalMessage(404, { 'content-type': 'text/html' }, '')).toBe(
        'HTTP/1.1 404 Not Found\r\nConnection: close\r\ncontent-type: text/html\r\n' +
          'Content-Length: 0\r\n\r\n',
      );
    });

    it('refuses everything that could end the head early or change its meaning', () => {
      const key = newHandshakeKey();
      const invalid = expect.objectContaining({ code: 'HIOLOAD_UPGRADE_INVALID' });
      const fields = [
        { a: 'b\r\nc: d' },
        { 'a:b': 'c' },
        { Connection: 'x' },
        { 'sec-websocket-accept': 'x' },
      ];
      for (const headers of fields as Record<string, string>[]) {
        expect(() => acceptanceHead({ key, headers })).toThrow(invalid);
        expect(() => refusalMessage(400, headers, '')).toThrow(invalid);
      }
      expect(() => acceptanceHead({ key, protocol: 'a\r\nb' })).toThrow(invalid);
      expect(() => refusalMessage(200, {}, '')).toThrow(invalid);
      expect(acceptanceHead({ key, headers: { 'Set-Cookie': 'a=b' } })).toContain(
        '\r\nSet-Cookie: a=b\r\n\r\n',
      );
    });
  });
});
