// Cases of the transport contract: pages.
import { Metric, type Page } from '@hioload/api';
import { expect } from 'vitest';
import type { PlainAnswer } from '../harness.js';
import { type CaseGroup, hasReceived, textsOf } from '../scene.js';

const HTML: Page = { type: 'text/html; charset=utf-8', body: '<p>Grüße</p>' };
const BYTES = {
  type: 'application/octet-stream',
  body: Uint8Array.from({ length: 256 }, (_, i) => i),
};
const PAGES = new Map([
  ['/', HTML],
  ['/bytes', BYTES],
]);

const textOf = ({ body }: PlainAnswer): string => Buffer.from(body).toString();

export const pageCases: CaseGroup = {
  'answers a GET with the page of its path, and closes the connection': async (scene) => {
    const server = await scene.serve({}, { pages: PAGES });
    const html = await server.request({ path: '/' });
    expect([html.status, textOf(html)]).toEqual([200, HTML.body]);
    expect(Object.fromEntries(html.headers)).toMatchObject({
      'content-type': HTML.type,
      'content-length': '14',
      'cache-control': 'no-cache',
      connection: 'close',
    });
    const bytes = await server.request({ path: '/bytes' });
    expect(bytes.headers.get('content-type')).toBe(BYTES.type);
    expect(Buffer.from(bytes.body).equals(BYTES.body)).toBe(true);
  },

  'answers a HEAD like a GET, without the body': async (scene) => {
    const server = await scene.serve({}, { pages: PAGES });
    const head = await server.request({ path: '/', method: 'HEAD' });
    expect([head.status, head.body.length]).toEqual([200, 0]);
    expect(Object.fromEntries(head.headers)).toMatchObject({
      'content-type': HTML.type,
      'content-length': '14',
      'cache-control': 'no-cache',
      connection: 'close',
    });
  },

  'compares the path as it was sent, and ignores the query': async (scene) => {
    const pages = new Map([['/a%20b', HTML]]);
    const server = await scene.serve({}, { path: '/ws', pages });
    const statuses: Record<string, number> = {};
    for (const path of [
      '/a%20b',
      '/a%20b?room=1',
      '/a%20b?',
      '/a%20b/',
      '/A%20b',
      '/a',
      '/a%20',
      '//a%20b',
    ]) {
      statuses[path] = (await server.request({ path })).status;
    }
    expect(statuses).toEqual({
      '/a%20b': 200,
      '/a%20b?room=1': 200,
      '/a%20b?': 200,
      '/a%20b/': 404,
      '/A%20b': 404,
      '/a': 404,
      '/a%20': 404,
      '//a%20b': 404,
    });
  },

  'sends an empty page and a large page': async (scene) => {
    const large = Buffer.alloc(3_000_000, 'abcdefg');
    const pages = new Map([
      ['/empty', { type: 'text/plain', body: '' }],
      ['/large', { type: 'text/plain', body: large }],
    ]);
    const server = await scene.serve({}, { pages });
    const empty = await server.request({ path: '/empty' });
    expect([empty.status, empty.headers.get('content-length'), empty.body.length]).toEqual([
      200,
      '0',
      0,
    ]);
    const answer = await server.request({ path: '/large' });
    expect(answer.headers.get('content-length')).toBe(String(large.length));
    expect(large.equals(answer.body)).toBe(true);
  },

  'serves WebSockets at the path of a page': async (scene) => {
    const server = await scene.serve(
      { message: (conn, message) => conn.send(message) },
      { pages: PAGES },
    );
    const peer = await server.connect();
    expect((await server.request({ path: '/' })).status).toBe(200);
    peer.send('still here');
    await hasReceived(peer, 1);
    expect(textsOf(peer)).toEqual(['still here']);
  },

  'serves no WebSocket at the path of a page beside its own path': async (scene) => {
    const server = await scene.serve({}, { path: '/ws', pages: PAGES });
    expect((await server.refusal({ path: '/' })).status).toBe(404);
    await server.connect({ path: '/ws' });
  },

  'asks no hook and no admission for a page, and counts a page and no handshake': async (scene) => {
    let asked = 0;
    const server = await scene.serve(
      {
        upgrade: () => {
          asked += 1;
          return { status: 101, data: undefined };
        },
      },
      { pages: PAGES },
    );
    await server.request({ path: '/' });
    await server.request({ path: '/', method: 'HEAD' });
    expect([asked, server.admission.booked, server.transport.connectionCount]).toEqual([0, 0, 0]);
    expect(server.metrics.nonZero()).toEqual({ ws_pages_total: 2 });
  },

  'answers other requests as a server without pages does': async (scene) => {
    for (const pages of [undefined, PAGES]) {
      const server = await scene.serve({}, { path: '/ws', ...(pages && { pages }) });
      const answers = [
        await server.request({ path: '/ws' }),
        await server.request({ path: '/ws', method: 'POST' }),
        await server.request({ path: '/none' }),
        await server.request({ path: '/', method: 'POST' }),
      ];
      expect(answers.map(({ status }) => status)).toEqual([426, 405, 404, 404]);
      expect(answers[0]!.headers.get('upgrade')).toBe('websocket');
      expect(answers[1]!.headers.get('allow')).toBe('GET');
      expect(server.metrics.read(Metric.RejectedNotUpgrade)).toBe(1);
      expect(server.metrics.read(Metric.RejectedMethod)).toBe(1);
      expect(server.metrics.read(Metric.RejectedPath)).toBe(2);
    }
  },
};
