// Cases of the transport contract: the rules that every request must keep.
import { Metric, type UpgradeRequest } from '@hioload/api';
import { expect } from 'vitest';
import type { Fields } from '../harness.js';
import { type CaseGroup, type Server } from '../scene.js';

const PAGES = new Map([['/page', { type: 'text/plain', body: 'a page' }]]);

const NO_HOSTS = [
  'a b',
  'http://localhost/',
  'localhost/x',
  'localhost?x',
  'localhost#x',
  'user@localhost',
  'localhost:port',
  'localhost:65536',
  'localhost:-1',
  'localhost:80:80',
  ':80',
  '[::1',
  '::1',
  '[::1]x',
  '[::g]',
  '[1::2::3]',
  '[127.0.0.1]',
  '[fe80::1%25lo]',
  'a%zz',
  'a,b',
  'a"b',
  'a\\b',
  'h\u00f6st',
];
const HOSTS = [
  'localhost',
  'LOCALHOST:9001',
  'localhost:',
  'localhost:0',
  'localhost:65535',
  'example.org.',
  'a_b.example',
  'a%20b',
  "a!$&'()*+;=b",
  '127.0.0.1:80',
  '[::1]',
  '[2001:db8::ffff:1.2.3.4]:9001',
  '[v1.a:b]',
];
/** Fields that hold one value, each with two values that would do by themselves. */
const SINGLE: Readonly<Record<string, readonly [string, string]>> = {
  Origin: ['http://localhost', 'http://localhost'],
  Authorization: ['Basic YTpi', 'Basic YTpj'],
  Referer: ['http://localhost/a', 'http://localhost/b'],
};

/** The status of a handshake with these fields, and of a request for a page. */
async function statusesOf(
  server: Server,
  headers: Fields,
): Promise<readonly [handshake: number, page: number]> {
  const outcome = await server.knock({ headers }).outcome;
  const handshake = outcome.kind === 'open' ? 101 : outcome.kind === 'refused' ? outcome.status : 0;
  return [handshake, (await server.request({ path: '/page', headers })).status];
}

export const requestCases: CaseGroup = {
  'answers 400 to an invalid Host, also in a request for a page': async (scene) => {
    const server = await scene.serve({}, { pages: PAGES });
    for (const host of NO_HOSTS)
      expect([host, ...(await statusesOf(server, { host }))]).toEqual([host, 400, 400]);
    expect(server.metrics.read(Metric.RejectedBadRequest)).toBe(2 * NO_HOSTS.length);
    expect([server.opened.length, server.metrics.read(Metric.PagesSent)]).toEqual([0, 0]);
  },

  'serves every Host that is one': async (scene) => {
    const server = await scene.serve({}, { pages: PAGES });
    for (const host of HOSTS)
      expect([host, ...(await statusesOf(server, { host }))]).toEqual([host, 101, 200]);
  },

  'answers 400 to a request for a page without a Host': async (scene) => {
    const server = await scene.serve({}, { pages: PAGES });
    // Without any field, uWebSockets.js takes the request for one that is not complete.
    const request = { path: '/page', hasHost: false, headers: { accept: '*/*' } };
    expect((await server.request(request)).status).toBe(400);
    expect((await server.request({ ...request, path: '/none' })).status).toBe(400);
  },

  'answers 400 if a field with a single value comes twice': async (scene) => {
    const server = await scene.serve({}, { pages: PAGES });
    for (const [name, values] of Object.entries(SINGLE)) {
      const statuses = await statusesOf(server, { [name]: values });
      expect([name, ...statuses]).toEqual([name, 400, 400]);
    }
    expect(server.opened).toEqual([]);
  },

  'joins the values of other repeated fields by a comma': async (scene) => {
    let request: UpgradeRequest | undefined;
    const server = await scene.serve({
      upgrade: (asked) => {
        request = asked;
        return { status: 101, data: undefined };
      },
    });
    await server.connect({
      headers: { 'X-Forwarded-For': ['192.0.2.1', '192.0.2.2, 192.0.2.3'], 'x-one': 'a' },
    });
    expect(request!.headers.get('x-forwarded-for')).toBe('192.0.2.1, 192.0.2.2, 192.0.2.3');
    expect(request!.headers.get('x-one')).toBe('a');
  },

  'answers 421 to a host that is not on the list, and tells of it': async (scene) => {
    const told: string[][] = [];
    const server = await scene.serve(
      {},
      {
        pages: PAGES,
        allowedHosts: ['chat.example', '*.cdn.example', '[::1]:9001'],
        onRefused: (...refusal) => void told.push(refusal),
      },
    );
    for (const host of ['chat.example', 'CHAT.example:9001', 'a.b.cdn.example', '[::1]:9001'])
      expect([host, ...(await statusesOf(server, { host }))]).toEqual([host, 101, 200]);
    for (const host of ['localhost', 'cdn.example', 'chat.example.evil', '[::1]', '127.0.0.1'])
      expect([host, ...(await statusesOf(server, { host }))]).toEqual([host, 421, 421]);
    expect(server.metrics.read(Metric.RejectedHost)).toBe(10);
    expect([told.length, told[0]]).toEqual([10, ['host', 'localhost', 'localhost']]);
  },

  'lets in origins below a listed name, and tells of a refused one': async (scene) => {
    const told: string[][] = [];
    const server = await scene.serve(
      {},
      {
        allowedOrigins: ['https://*.app.example'],
        onRefused: (...refusal) => void told.push(refusal),
      },
    );
    const host = 'backend:9001';
    await server.connect({ headers: { host, origin: 'https://a.app.example' } });
    const origin = 'https://app.example';
    expect((await server.refusal({ headers: { host, origin } })).status).toBe(403);
    expect(told).toEqual([['origin', origin, host]]);
  },
};
