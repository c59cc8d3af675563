// Conformance of requests to RFC 9112: the same rules for an upgrade and for a page.
import { Metric } from '@hioload/api';
import { head, type HeadOptions, RawClient } from '@hioload/test-support/wire';
import { expect } from 'vitest';
import { describeConformance } from './support/conformance.js';
import { judgeHead } from './support/judge-head.js';

const PAGES = new Map([['/', { type: 'text/plain', body: 'a page' }]]);

/** What a row changes in a request: its first line, its fields, lines of its own. */
interface Change {
  readonly method?: string;
  readonly target?: string;
  readonly version?: string;
  readonly host?: string | undefined;
  readonly lines?: readonly string[];
  /** What stands before the first line. */
  readonly before?: string;
}

/** The statuses of an upgrade and of a request for a page. */
type Statuses = readonly [upgrade: number, page: number];
type Row = readonly [name: string, change: Change, statuses: Statuses, exemption?: string];

const SERVED: Statuses = [101, 200];
const BAD: Statuses = [400, 400];
const UNANSWERED = 'malformed-head-unanswered';
const FIRST_LINE = 'http-version-505';

const host = (value: string | undefined): Change => ({ host: value });
const lines = (...own: string[]): Change => ({ lines: own });
const target = (text: string): Change => ({ target: text });

const ROWS: readonly Row[] = [
  // Section 2.2: parsing.
  ['an empty line first', { before: '\r\n' }, SERVED, 'empty-line-unanswered'],
  ['three empty lines first', { before: '\r\n'.repeat(3) }, SERVED, 'empty-line-unanswered'],
  ['seventeen empty lines first', { before: '\r\n'.repeat(17) }, BAD, 'empty-line-unanswered'],
  ['a bare LF first', { before: '\n' }, BAD, UNANSWERED],
  ['a bare CR first', { before: '\r' }, BAD, UNANSWERED],
  ['a blank before the first line', { before: ' ' }, BAD, FIRST_LINE],
  ['a line with a blank first', { before: ' \r\n' }, BAD, FIRST_LINE],
  ['a bare LF between fields', lines('A: a\nB: b'), BAD, UNANSWERED],
  ['a bare CR in a value', lines('A: a\rb'), BAD, UNANSWERED],
  // Sections 2.3 and 3: the first line.
  ['HTTP/1.0', { version: 'HTTP/1.0' }, BAD, FIRST_LINE],
  ['HTTP/2.0', { version: 'HTTP/2.0' }, BAD, FIRST_LINE],
  ['a version in small letters', { version: 'http/1.1' }, BAD, FIRST_LINE],
  ['a version of two digits', { version: 'HTTP/1.10' }, BAD, FIRST_LINE],
  ['a blank behind the version', { version: 'HTTP/1.1 ' }, BAD, FIRST_LINE],
  ['two blanks before the target', target(' /'), BAD, FIRST_LINE],
  ['a blank in the target', target('/a b'), BAD, FIRST_LINE],
  ['a tab for a blank', { method: 'GET\t/', target: '' }, BAD, FIRST_LINE],
  ['a mark in the method', { method: 'G(T' }, BAD],
  ['a method that nobody knows', { method: 'BREW' }, [405, 405]],
  ['a DELETE', { method: 'DELETE' }, [405, 405]],
  ['a HEAD', { method: 'HEAD' }, [405, 200], 'head-page-kept-open'],
  // Section 3.2: the target.
  ['a query', target('/?a=b&c=/?d'), SERVED],
  ['a number sign', target('/#a'), BAD],
  ['a number sign in the query', target('/?a#b'), BAD],
  ['octets above 0x7f in the path', target('/\xc3\xa9'), BAD],
  ['octets above 0x7f in the query', target('/?a=\xc3\xa9b'), BAD],
  ['an octet that is no UTF-8 in the query', target('/?a=\xe9b'), BAD],
  ['a control character in the target', target('/\x01'), BAD, FIRST_LINE],
  ['a DEL in the target', target('/?\x7f'), BAD, FIRST_LINE],
  ['a URL', target('http://localhost/'), SERVED, 'absolute-target-505'],
  ['a URL without a path', target('HTTP://localhost:9001'), SERVED, 'absolute-target-505'],
  ['a URL without a host', target('http:///'), BAD, 'absolute-target-505'],
  ['a URL with a user', target('http://a@localhost/'), BAD, 'absolute-target-505'],
  ['a URL with a port that is none', target('http://localhost:x/'), BAD, 'absolute-target-505'],
  ['a URL of another scheme', target('ftp://localhost/'), BAD, 'absolute-target-505'],
  ['an asterisk', target('*'), BAD, 'absolute-target-505'],
  ['an authority', target('localhost:80'), BAD, 'absolute-target-505'],
  ['no target', target(''), BAD, FIRST_LINE],
  // Section 3.2: Host.
  ['no Host', { ...host(undefined), ...lines('A: a') }, BAD],
  ['an empty Host', host(''), BAD],
  ['two Host fields', lines('Host: other'), BAD],
  ['two equal Host fields', lines('host: localhost'), BAD],
  ['a Host with a blank', host('a b'), BAD],
  ['a Host that is a URL', host('http://localhost/'), BAD],
  ['a Host with a path', host('localhost/x'), BAD],
  ['a Host with a user', host('user@localhost'), BAD],
  ['a Host with a port that is none', host('localhost:port'), BAD],
  ['a Host with a port that is too large', host('localhost:65536'), BAD],
  ['a Host with a bracket that is open', host('[::1'), BAD],
  ['a Host without a name', host(':80'), BAD],
  ['a Host that is no UTF-8', host('h\xf6st'), BAD],
  ['a Host with an IPv6 address', host('[::1]:9001'), SERVED],
  ['a Host with an empty port', host('localhost:'), SERVED],
  ['no Host behind a URL', { ...target('http://localhost/'), host: undefined }, BAD, FIRST_LINE],
  ['a bad Host behind a URL', { ...target('http://localhost/'), host: 'a b' }, BAD, FIRST_LINE],
  // Section 5: fields.
  ['a blank before a colon', lines('A : a'), BAD, UNANSWERED],
  ['a field without a name', lines(': a'), BAD, 'nameless-field-ends-head'],
  ['a name that is no token', lines('A(b): a'), BAD, UNANSWERED],
  ['a name with an octet above 0x7f', lines('\xe9: a'), BAD, UNANSWERED],
  ['a line without a colon', lines('a'), BAD, UNANSWERED],
  ['a line that goes on', lines('A: a', ' b'), BAD, UNANSWERED],
  ['a line that goes on behind a tab', lines('A: a', '\tb'), BAD, UNANSWERED],
  ['a NUL in a value', lines('A: a\0b'), BAD, UNANSWERED],
  ['a control character in a value', lines('A: a\x01b'), BAD, UNANSWERED],
  ['a DEL in a value', lines('A: a\x7fb'), BAD],
  ['a tab in a value', lines('A: a\tb'), SERVED],
  ['octets above 0x7f in a value', lines('A: a\xc3\xa9b'), SERVED],
  ['octets that are no UTF-8 in a value', lines('A: a\xe9b'), SERVED, 'values-must-be-utf8'],
  ['two Origin fields', lines('Origin: http://localhost', 'Origin: http://localhost'), BAD],
  ['two Authorization fields', lines('Authorization: a', 'Authorization: b'), BAD],
  ['two Content-Type fields', lines('Content-Type: a/b', 'Content-Type: a/b'), BAD],
  ['two Cookie fields', lines('Cookie: a=b', 'Cookie: c=d'), SERVED],
  // Section 6: the body.
  ['a body that is empty', lines('Content-Length: 0'), SERVED],
  ['a body', lines('Content-Length: 4'), BAD],
  ['two lengths', lines('Content-Length: 0', 'Content-Length: 0'), BAD],
  ['a list of lengths', lines('Content-Length: 0, 0'), BAD],
  ['a length that is empty', lines('Content-Length:'), BAD],
  ['a length with a sign', lines('Content-Length: +0'), BAD],
  ['a length that is no number', lines('Content-Length: x'), BAD],
  ['a body in chunks', lines('Transfer-Encoding: chunked'), BAD],
  ['chunks and a length', lines('Transfer-Encoding: chunked', 'Content-Length: 0'), BAD],
  ['an encoding without chunks', lines('Transfer-Encoding: gzip'), BAD],
  ['an encoding that is empty', lines('Transfer-Encoding:'), BAD],
  ['a POST with chunks and a length', post('Transfer-Encoding: chunked', 'Content-Length: 0'), BAD],
  ['a POST with two lengths', post('Content-Length: 0', 'Content-Length: 0'), BAD],
  ['a POST with an encoding without chunks', post('Transfer-Encoding: gzip'), BAD],
  ['a POST', post('Content-Length: 0'), [405, 405]],
];

function post(...own: string[]): Change {
  return { method: 'POST', lines: own };
}

/** The fields that only an upgrade has. */
const UPGRADE = ['Upgrade', 'Connection', 'Sec-WebSocket-Version', 'Sec-WebSocket-Key'];

function textOf(change: Change, isPage: boolean): string {
  const { method = 'GET', target: wanted = '/', version = 'HTTP/1.1', before = '' } = change;
  const fields: Record<string, string | undefined> = {};
  if ('host' in change) fields['Host'] = change.host;
  if (isPage) for (const name of UPGRADE) fields[name] = undefined;
  const requestLine = `${method}${wanted === '' ? '' : ' '}${wanted} ${version}`;
  const options: HeadOptions = { requestLine, fields, extraLines: change.lines ?? [] };
  return before + head(options);
}

describeConformance(
  'requests',
  ({ check }) => {
    for (const [name, change, [upgrade, page], exemption] of ROWS) {
      const exemptions = exemption === undefined ? [] : [exemption];
      const isOdd = upgrade !== 101;
      check(
        `answers ${upgrade} and ${page} to an upgrade and a GET of a page with ${name}`,
        async (server) => {
          const opened = server.metrics.read(Metric.ConnectionsOpened);
          await judgeHead(server, textOf(change, false), { status: upgrade });
          await judgeHead(server, textOf(change, true), { status: page });
          if (isOdd) expect(server.metrics.read(Metric.ConnectionsOpened)).toBe(opened);
        },
        { exemptions },
      );
    }

    check(
      'answers 400 to a request without any field',
      (server) => judgeHead(server, 'GET / HTTP/1.1\r\n\r\n', { status: 400 }),
      { exemptions: ['bare-request-unanswered'] },
    );

    check(
      'checks the origin against the host of a target that is a URL',
      async (server) => {
        const statusOf = async (requestLine: string, origin: string): Promise<number> => {
          const client = new RawClient(server.port);
          client.write(head({ requestLine, fields: { Origin: origin } }));
          const { status } = await client.answer();
          client.destroy();
          return status;
        };
        const url = 'GET http://a.example:8080/ HTTP/1.1';
        expect(await statusOf(url, 'http://a.example:8080')).toBe(101);
        expect(await statusOf(url, 'http://localhost')).toBe(403);
        expect(await statusOf('GET / HTTP/1.1', 'http://localhost')).toBe(101);
      },
      { exemptions: ['absolute-target-505'] },
    );
  },
  { path: '/', pages: PAGES },
);
