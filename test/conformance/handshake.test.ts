// Conformance of the opening handshake.
import { Metric } from '@hioload/api';
import {
  closeFrame,
  frame,
  head,
  type HeadOptions,
  Op,
  RawClient,
  showBytes,
  showFrames,
} from '@hioload/test-support/wire';
import { expect } from 'vitest';
import { describeConformance } from './support/conformance.js';
import { type HeadOutcome, judgeHead } from './support/judge-head.js';

const key = (value: string | undefined): HeadOptions => ({
  fields: { 'Sec-WebSocket-Key': value },
});
const version = (value: string | undefined): HeadOptions => ({
  fields: { 'Sec-WebSocket-Version': value },
});
const line = (...extraLines: string[]): HeadOptions => ({ extraLines });
const request = (requestLine: string): HeadOptions => ({ requestLine });
const protocols = (offer: string): HeadOptions => ({ fields: { 'Sec-WebSocket-Protocol': offer } });

const OPEN: HeadOutcome = {
  status: 101,
  fields: { 'sec-websocket-protocol': null, 'sec-websocket-extensions': null },
};
const BAD: HeadOutcome = { status: 400 };
const OTHER_VERSION: HeadOutcome = { status: 426, fields: { 'sec-websocket-version': '13' } };
const chosen = (protocol: string | null): HeadOutcome => ({
  status: 101,
  fields: { 'sec-websocket-protocol': protocol },
});

/** Grows the head to so many octets with one field more. */
function padded(bytes: number): HeadOptions {
  const filler = bytes - Buffer.byteLength(head(line('X-Filler: ')));
  return line(`X-Filler: ${'x'.repeat(filler)}`);
}
const manyLines = (count: number): HeadOptions =>
  line(...Array.from({ length: count - 5 }, (_, i) => `X-${i}: ${i}`));

const SERVED = { path: '/', protocols: ['chat', 'log'], allowedOrigins: ['https://app.example'] };

type Row = readonly [name: string, head: HeadOptions, outcome: HeadOutcome, exemption?: string];

const ACCEPTED: readonly Row[] = [
  ['the plainest request', {}, OPEN],
  ['a query', request('GET /?a=b&c=/?d HTTP/1.1'), OPEN],
  ['a URL as the target', request('GET http://localhost/ HTTP/1.1'), OPEN, 'absolute-target-505'],
  [
    'names of fields in capitals',
    { fields: { Host: undefined }, extraLines: ['HOST: localhost'] },
    OPEN,
  ],
  [
    'names of fields in small letters',
    { fields: { Host: undefined }, extraLines: ['host: localhost'] },
    OPEN,
  ],
  ['values in other letters', { fields: { Upgrade: 'WebSocket', Connection: 'uPGRADE' } }, OPEN],
  ['Connection as a list', { fields: { Connection: 'keep-alive, Upgrade' } }, OPEN],
  ['Connection as a list with empty elements', { fields: { Connection: ', ,Upgrade ,' } }, OPEN],
  [
    'Connection in two fields',
    { fields: { Connection: 'keep-alive' }, extraLines: ['Connection: upgrade'] },
    OPEN,
  ],
  ['Upgrade as a list', { fields: { Upgrade: 'h2c, websocket' } }, OPEN],
  [
    'no blank before a value',
    { fields: { Host: undefined }, extraLines: ['Host:localhost'] },
    OPEN,
  ],
  [
    'many blanks around a value',
    { fields: { Host: undefined }, extraLines: ['Host: \t  localhost \t '] },
    OPEN,
  ],
  ['an empty value', line('X-Empty:'), OPEN],
  ['an empty body that is announced', line('Content-Length: 0'), OPEN],
  [
    'extensions that nobody knows',
    { fields: { 'Sec-WebSocket-Extensions': 'x-unknown; a=b; c, y-too' } },
    OPEN,
  ],
  ['the origin of the host', { fields: { Origin: 'http://localhost' } }, OPEN],
  ['an origin that is listed', { fields: { Origin: 'https://app.example' } }, OPEN],
  ['a subprotocol that is served', protocols('chat'), chosen('chat')],
  ['several subprotocols', protocols('x, log, chat'), chosen('chat')],
  [
    'subprotocols in two fields',
    { ...protocols('x'), ...line('sec-websocket-protocol: log') },
    chosen('log'),
  ],
  ['no subprotocol that is served', protocols('x, y'), chosen(null)],
  ['a subprotocol in other letters', protocols('CHAT'), chosen(null)],
  ['a head of 4,000 octets', padded(4_000), OPEN],
  ['a head of 8,100 octets', padded(8_100), OPEN, 'head-limit-4-kib'],
  ['a hundred fields', manyLines(100), OPEN, 'head-lines-98'],
];

const REFUSED: readonly Row[] = [
  ['a POST', request('POST / HTTP/1.1'), { status: 405, fields: { allow: 'GET' } }],
  ['a HEAD', request('HEAD / HTTP/1.1'), { status: 405, fields: { allow: 'GET' } }],
  [
    'a method that nobody knows',
    request('BREW / HTTP/1.1'),
    { status: 405, fields: { allow: 'GET' } },
  ],
  ['a method in small letters', request('get / HTTP/1.1'), { status: 405 }],
  ['HTTP/1.0', request('GET / HTTP/1.0'), BAD, 'http-version-505'],
  ['HTTP/1.2', request('GET / HTTP/1.2'), BAD, 'http-version-505'],
  ['HTTP/2.0', request('GET / HTTP/2.0'), BAD, 'http-version-505'],
  ['no version', request('GET /'), BAD, 'http-version-505'],
  ['no Host', { fields: { Host: undefined } }, BAD],
  ['an empty Host', { fields: { Host: '' } }, BAD],
  ['two Host fields', line('Host: other'), BAD],
  [
    'no Upgrade',
    { fields: { Upgrade: undefined } },
    { status: 426, fields: { upgrade: 'websocket' } },
  ],
  [
    'another Upgrade',
    { fields: { Upgrade: 'h2c' } },
    { status: 426, fields: { upgrade: 'websocket' } },
  ],
  ['Upgrade to what only starts so', { fields: { Upgrade: 'websocket2' } }, { status: 426 }],
  ['no Connection', { fields: { Connection: undefined } }, { status: 426 }],
  ['Connection without upgrade', { fields: { Connection: 'keep-alive' } }, { status: 426 }],
  ['Connection with what only starts so', { fields: { Connection: 'upgraded' } }, { status: 426 }],
  ['no key', key(undefined), BAD],
  ['an empty key', key(''), BAD],
  ['a key of 15 octets', key('AAECAwQFBgcICQoLDA0O'), BAD],
  ['a key of 17 octets', key('AAECAwQFBgcICQoLDA0ODxA='), BAD],
  ['a key without padding', key('dGhlIHNhbXBsZSBub25jZQ'), BAD],
  ['a key that is no base64', key('dGhlIHNhbXBsZS*ub25jZQ=='), BAD],
  ['two keys', line('Sec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw=='), BAD],
  ['no version of the protocol', version(undefined), OTHER_VERSION],
  ['version 8', version('8'), OTHER_VERSION],
  ['version 14', version('14'), OTHER_VERSION],
  ['version 013', version('013'), OTHER_VERSION],
  ['several versions', version('13, 8'), OTHER_VERSION],
  ['a path that is not served', request('GET /other HTTP/1.1'), { status: 404 }],
  ['a path in disguise', request('GET /%2e HTTP/1.1'), { status: 404 }],
  ['another origin', { fields: { Origin: 'https://evil.example' } }, { status: 403 }],
  ['the opaque origin', { fields: { Origin: 'null' } }, { status: 403 }],
  ['an origin on another port', { fields: { Origin: 'http://localhost:81' } }, { status: 403 }],
  ['a subprotocol that is no token', protocols('a b'), BAD],
  ['a line without a colon', line('no colon here'), BAD, 'malformed-head-unanswered'],
  ['a bare LF', line('X-A: a\nX-B: b'), BAD, 'malformed-head-unanswered'],
  ['a bare CR', line('X-A: a\rX-B: b'), BAD, 'malformed-head-unanswered'],
  ['a NUL in a value', line('X-A: a\0b'), BAD, 'malformed-head-unanswered'],
  ['a blank before a colon', line('X-A : a'), BAD, 'malformed-head-unanswered'],
  ['a field without a name', line(': a'), BAD, 'nameless-field-ends-head'],
  ['a line that goes on', line('X-A: a', ' b'), BAD, 'malformed-head-unanswered'],
  ['a body', line('Content-Length: 4'), BAD],
  ['a body in chunks', line('Transfer-Encoding: chunked'), BAD],
  ['a head of over 8 KiB', padded(8_300), { status: 431 }],
  ['a line of over 8 KiB', request(`GET /${'x'.repeat(8_300)} HTTP/1.1`), { status: 431 }],
  ['a hundred and one fields', manyLines(101), { status: 431 }],
];

describeConformance(
  'handshake',
  ({ check }) => {
    for (const [name, options, outcome, exemption] of ACCEPTED) {
      check(`accepts ${name}`, (server) => judgeHead(server, head(options), outcome), {
        exemptions: exemption === undefined ? [] : [exemption],
      });
    }
    for (const [name, options, outcome, exemption] of REFUSED) {
      check(
        `answers ${outcome.status} to ${name}`,
        async (server) => {
          const opened = server.metrics.read(Metric.ConnectionsOpened);
          await judgeHead(server, head(options), outcome);
          expect(server.metrics.read(Metric.ConnectionsOpened)).toBe(opened);
        },
        { exemptions: exemption === undefined ? [] : [exemption] },
      );
    }

    check('answers another key with another accept value', async (server) => {
      const client = new RawClient(server.port);
      client.write(head(key('AAECAwQFBgcICQoLDA0ODw==')));
      const { status, fields } = await client.answer();
      client.destroy();
      expect([status, fields.get('sec-websocket-accept')]).toEqual([
        101,
        'Bz3qJYTGdOe8gUSpLosEdiLKDrk=',
      ]);
    });

    check(
      'reads bytes behind the blank line, in the same write, as frames',
      async (server) => {
        const client = new RawClient(server.port);
        client.write(
          Buffer.concat([Buffer.from(head()), frame(Op.Text, 'glued'), closeFrame(1000)]),
        );
        await client.ended();
        const { data, closeCode } = showFrames(client.frames);
        expect([data, closeCode]).toEqual([[showBytes('text', Buffer.from('glued'))], 1000]);
      },
      { exemptions: ['glued-frames-lost'] },
    );

    check('answers a plain GET, and serves on', async (server) => {
      const neighbour = await RawClient.open(server.port);
      await judgeHead(server, 'GET / HTTP/1.1\r\nHost: localhost\r\nAccept: text/html\r\n\r\n', {
        status: 426,
      });
      neighbour.write(frame(Op.Text, 'unharmed'));
      await neighbour.until('the echo', () => neighbour.texts.length === 1);
      neighbour.destroy();
    });
  },
  SERVED,
);

describeConformance(
  'long heads',
  ({ check }) => {
    check(
      'accepts a head as long as the limit that is set',
      (server) => judgeHead(server, head(padded(16_384 - 1)), OPEN),
      { exemptions: ['head-limit-4-kib'] },
    );
    check('answers 431 to a longer head', (server) =>
      judgeHead(server, head(padded(16_384 + 100)), { status: 431 }),
    );
  },
  { path: '/', limits: { maxHeadBytes: 16_384 } },
);
