// Tests of the reader of opening handshakes.
import { createServer, get } from 'node:http';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { OpeningReader, parseRequestLine } from '../src/index.js';

/** The handshake of RFC 6455 section 1.2. */
const LINES = [
  'GET /chat?room=1 HTTP/1.1',
  'Host: server.example.com',
  'Upgrade: websocket',
  'Connection: keep-alive, Upgrade',
  'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
  'Origin: http://example.com',
  'Sec-WebSocket-Protocol: chat, superchat',
  'Sec-WebSocket-Version: 13',
  'Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits, x',
];

const headOf = (lines: readonly string[]): Buffer =>
  Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1');
const withLine = (line: string): Buffer => headOf([...LINES, line]);
const without = (field: string): readonly string[] =>
  LINES.filter((line) => !line.startsWith(`${field}:`));

function readIn(chunks: readonly Uint8Array[]) {
  const reader = new OpeningReader();
  let taken = 0;
  for (const chunk of chunks) taken += reader.read(chunk, 0, chunk.length);
  return { result: reader.result(), taken };
}

/** Reads a head in one chunk and in single octets, and expects the same result from both. */
function read(bytes: Buffer) {
  const whole = readIn([bytes]);
  const octets = readIn([...bytes].map((octet) => Buffer.of(octet)));
  expect(octets).toEqual(whole);
  return whole;
}

const refusal = (status: number, fault: string) => ({
  ok: false,
  refusal: expect.objectContaining({ status, fault }),
});

describe('OpeningReader', () => {
  it('reads the handshake of the standard, and not the bytes after it', () => {
    const head = headOf(LINES);
    const { result, taken } = read(Buffer.concat([head, Buffer.from('818001020304', 'hex')]));
    expect(taken).toBe(head.length);
    expect(result).toMatchObject({
      ok: true,
      request: {
        path: '/chat',
        query: 'room=1',
        host: 'server.example.com',
        key: 'dGhlIHNhbXBsZSBub25jZQ==',
        protocols: ['chat', 'superchat'],
        extensions: [
          { name: 'permessage-deflate', parameters: [['client_max_window_bits', undefined]] },
          { name: 'x', parameters: [] },
        ],
      },
    });
  });

  it('reads from the middle of a chunk', () => {
    const bytes = Buffer.concat([Buffer.from('junk'), headOf(LINES), Buffer.from('junk')]);
    const reader = new OpeningReader();
    expect(reader.read(bytes, 4, bytes.length)).toBe(bytes.length - 4);
    expect(reader.result()).toMatchObject({ ok: true });
    expect(reader.read(bytes, 7, bytes.length)).toBe(7);
  });

  it('passes over empty lines before the first line', () => {
    const head = headOf(['', '', ...LINES]);
    const { result, taken } = read(Buffer.concat([head, Buffer.from('rest')]));
    expect([result?.ok, taken]).toEqual([true, head.length]);
  });

  it('takes the host of a target that is a URL for the host of the request', () => {
    const { result } = read(headOf(['GET http://a.example:8080/x HTTP/1.1', ...LINES.slice(1)]));
    expect(result).toMatchObject({ ok: true, request: { path: '/x', host: 'a.example:8080' } });
    const headers = result?.ok === true ? result.request.headers : new Map<string, string>();
    expect(headers.get('host')).toBe('a.example:8080');
  });

  it('has no result before the empty line', () => {
    const head = headOf(LINES);
    for (let length = 0; length < head.length; length += 1) {
      expect(readIn([head.subarray(0, length)]).result).toBeUndefined();
    }
  });

  it('joins repeated fields, also lists of values', () => {
    const lines = [
      ...without('Upgrade'),
      'UPGRADE: h2c',
      'upgrade:WebSocket',
      'X:\t a \t',
      '__proto__: y',
      'x: b',
    ];
    const { result } = read(headOf(lines));
    const headers = result?.ok === true ? result.request.headers : new Map<string, string>();
    expect(headers.get('upgrade')).toBe('h2c, WebSocket');
    expect(headers.get('x')).toBe('a, b');
    expect(headers.get('__proto__')).toBe('y');
  });

  it.each([
    ['a line without a colon', withLine('nonsense')],
    ['a blank before the colon', withLine('X : a')],
    ['a line that goes on with the last one', withLine(' more')],
    ['an empty name', withLine(': a')],
    ['a control character in a value', withLine('X: a\0b')],
    ['a bare LF', Buffer.from(`${LINES.join('\n')}\n\n`)],
    ['a bare CR', withLine('X: a\rb')],
    ['CR CR LF', Buffer.from(`${LINES[0]}\r\r\n\r\n`)],
    ['many empty lines first', headOf([...Array.from({ length: 17 }, () => ''), ...LINES])],
    ['a mark in the method', headOf(['G(T / HTTP/1.1', ...LINES.slice(1)])],
    ['a number sign in the path', headOf(['GET /#a HTTP/1.1', ...LINES.slice(1)])],
    ['HTTP/1.0', headOf(['GET / HTTP/1.0', ...LINES.slice(1)])],
    ['HTTP/2.0', headOf(['PRI * HTTP/2.0'])],
    ['no version', headOf(['GET /', ...LINES.slice(1)])],
    ['a relative path', headOf(['GET chat HTTP/1.1', ...LINES.slice(1)])],
    ['a blank in the path', headOf(['GET /a b HTTP/1.1', ...LINES.slice(1)])],
    ['a path beyond ASCII', headOf(['GET /é HTTP/1.1', ...LINES.slice(1)])],
    ['bytes of TLS', Buffer.from('16030100a5010000a10303\r\n\r\n')],
  ])('refuses %s with 400', (_name, bytes) => {
    expect(read(bytes).result).toEqual(refusal(400, 'malformed'));
  });

  it.each([
    ['POST', headOf(['POST / HTTP/1.1', ...LINES.slice(1)]), 405, 'method'],
    ['a plain request', headOf(without('Upgrade')), 426, 'not-an-upgrade'],
    ['no host', headOf(without('Host')), 400, 'host'],
    ['two hosts', withLine('Host: other'), 400, 'host'],
    ['a body', withLine('Content-Length: 3'), 400, 'body'],
    [
      'lengths that differ',
      headOf([...LINES, 'Content-Length: 0', 'Content-Length: 3']),
      400,
      'length',
    ],
    ['a chunked body', withLine('Transfer-Encoding: chunked'), 400, 'body'],
    ['no key', headOf(without('Sec-WebSocket-Key')), 400, 'key'],
    ['two keys', withLine('Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=='), 400, 'repeated'],
    ['no version', headOf(without('Sec-WebSocket-Version')), 426, 'version'],
    [
      'version 8',
      headOf([...without('Sec-WebSocket-Version'), 'Sec-WebSocket-Version: 8']),
      426,
      'version',
    ],
    ['a subprotocol that is no token', withLine('Sec-WebSocket-Protocol: a b'), 400, 'protocols'],
    [
      'extensions that are malformed',
      withLine('Sec-WebSocket-Extensions: a; ='),
      400,
      'extensions',
    ],
  ] as const)('refuses %s', (_name, bytes, status, fault) => {
    expect(read(bytes).result).toEqual(refusal(status, fault));
  });

  it('takes 8 KiB and 100 lines, and not one more', () => {
    const padded = (bytes: number): Buffer => {
      const head = withLine('X: ');
      return withLine(`X: ${'a'.repeat(bytes - head.length)}`);
    };
    const linesOf = (count: number): Buffer =>
      headOf([
        ...LINES,
        ...Array.from({ length: count - LINES.length + 1 }, (_, index) => `x${index}: a`),
      ]);
    expect(read(padded(8_192)).result).toMatchObject({ ok: true });
    expect(read(padded(8_193)).result).toEqual(refusal(431, 'too-large'));
    expect(read(linesOf(100)).result).toMatchObject({ ok: true });
    expect(read(linesOf(101)).result).toEqual(refusal(431, 'too-large'));
    expect(read(Buffer.alloc(100_000, 'a')).result).toEqual(refusal(431, 'too-large'));
  });

  it('reads every head that an HTTP client sends', async () => {
    const seen: Buffer[] = [];
    const server = createServer((_request, response) => response.end()).on(
      'connection',
      (socket) => {
        socket.on('data', (chunk: Buffer) => seen.push(chunk));
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as { port: number };
    await new Promise((resolve) =>
      get({ port, path: '/x?y', headers: { 'X-A': ['1', '2'] } }, resolve),
    );
    server.close();
    server.closeAllConnections();
    const { result, taken } = readIn(seen);
    expect(taken).toBe(Buffer.concat(seen).length);
    expect(result).toEqual(refusal(426, 'not-an-upgrade'));
  });

  it('gives the same result for any bytes in any chunks, and never throws', () => {
    const noise = fc.oneof(
      fc.uint8Array({ maxLength: 20 }),
      fc.constantFrom('\r\n', '\r', '\n', ':', ' ', '"', ',', ';'),
    );
    const spoilt = fc.tuple(fc.nat(500), noise).map(([at, what]) => {
      const head = headOf(LINES);
      return Buffer.concat([
        head.subarray(0, at),
        Buffer.from(what as Uint8Array),
        head.subarray(at),
      ]);
    });
    fc.assert(
      fc.property(spoilt, fc.array(fc.nat(500), { maxLength: 5 }), (bytes, cuts) => {
        const places = [
          0,
          ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b),
          bytes.length,
        ];
        const chunks = places.slice(1).map((place, index) => bytes.subarray(places[index], place));
        expect(readIn(chunks)).toEqual(readIn([bytes]));
      }),
      { numRuns: 500 },
    );
  });

  // Quadratic work on a megabyte would take minutes, so the time limit of the test would fail.
  it.each(['a,', 'a;', '"', '\\', '" ', ' ', 'a=b;', 'a=",";', '\t,', ':'])(
    'reads a megabyte of %j in linear time',
    (unit) => {
      const bytes = withLine(`Sec-WebSocket-Extensions: a${unit.repeat(1_000_000 / unit.length)}`);
      const reader = new OpeningReader({ maxBytes: 2_000_000, maxLines: 100 });
      for (let at = 0; at < bytes.length; at += 1_000)
        reader.read(bytes, at, Math.min(bytes.length, at + 1_000));
      expect(reader.result()).toBeDefined();
    },
  );
});

describe('parseRequestLine', () => {
  it.each([
    ['GET /a?b?c HTTP/1.1', { method: 'GET', path: '/a', query: 'b?c', authority: undefined }],
    ['GET / HTTP/1.1', { method: 'GET', path: '/', query: '', authority: undefined }],
    [
      'GET http://host:1/a?b HTTP/1.1',
      { method: 'GET', path: '/a', query: 'b', authority: 'host:1' },
    ],
    ['GET HTTPS://host HTTP/1.1', { method: 'GET', path: '/', query: '', authority: 'host' }],
    ['GET http://host?b HTTP/1.1', { method: 'GET', path: '/', query: 'b', authority: 'host' }],
  ])('takes %s apart', (line, expected) => {
    expect(parseRequestLine(line)).toEqual(expected);
  });

  it.each([
    '',
    'GET',
    'GET  / HTTP/1.1',
    ' / HTTP/1.1',
    'GET * HTTP/1.1',
    'GET ftp://a/ HTTP/1.1',
    'GET http:///a HTTP/1.1',
    'GET http://user@a/ HTTP/1.1',
    'GET http://a:b/ HTTP/1.1',
    'GET http://a#b HTTP/1.1',
  ])('refuses %j', (line) => expect(parseRequestLine(line)).toBeUndefined());
});
