// What uWebSockets.js does with unusual handshakes, for the test of exemptions.
import { Metric } from '@hioload/api';
import { eventually } from '@hioload/test-support/waiting';
import { frame, head, Op } from '@hioload/test-support/wire';
import { expect } from 'vitest';
import { answerTo, connectTo, type Pins, serveOn } from './stage.js';

/** What becomes of unusual handshakes. */
export const HANDSHAKE_PINS: Pins = {
  'glued-frames-lost': async () => {
    const messages: string[] = [];
    const server = await serveOn({ message: (_, message) => void messages.push(message.text()) });
    const client = connectTo(server);
    client.write(Buffer.concat([Buffer.from(head()), frame(Op.Text, 'glued')]));
    expect((await client.answer()).status).toBe(101);
    client.write(frame(Op.Text, 'later'));
    await eventually('a message', () => messages.length > 0);
    expect(messages).toEqual(['later']);
  },

  'split-handshake-505': async () => {
    const cutAt = async (at: number): Promise<number> =>
      (await answerTo([head().slice(0, at), head().slice(at)])).status;
    // On a busy machine both pieces may arrive in one read.
    let status = 0;
    for (let attempt = 0; attempt < 50 && status !== 505; attempt++)
      status = await cutAt('GET '.length);
    expect(status).toBe(505);
    expect(await cutAt(head().indexOf('Host'))).toBe(101);
  },

  'malformed-head-unanswered': async () => {
    const lines = ['no colon here', 'bare-lf: a\nb: c', 'bare-cr: a\rb'];
    await Promise.all(
      lines.map(async (line) => {
        const server = await serveOn();
        const client = connectTo(server);
        client.write(head({ extraLines: [line] }));
        await client.ended(25_000);
        expect(client.receivedBytes, line).toBe(0);
      }),
    );
  },

  'bare-request-unanswered': () => isCutUnanswered('GET / HTTP/1.1\r\n\r\n'),

  'empty-line-unanswered': () => isCutUnanswered(`\r\n${head()}`),

  'nameless-field-ends-head': async () => {
    expect((await answerTo([head({ extraLines: [': a', 'X-Later: b'] })])).status).toBe(101);
    const names: string[] = [];
    const server = await serveOn({
      upgrade: ({ headers }) => {
        names.push(...headers.keys());
        return { status: 101, data: undefined };
      },
    });
    const client = connectTo(server);
    client.write(head({ extraLines: ['X-Before: a', ': b', 'X-Later: c'] }));
    expect((await client.answer()).status).toBe(101);
    expect([names.includes('x-before'), names.includes('x-later')]).toEqual([true, false]);
  },

  'high-octets-lost': async () => {
    expect(await valueOf('a=\xc3\xa9')).toBe('a=');
    expect(await valueOf('\xc3\xa9=a')).toBe('=a');
    expect(await valueOf('\xe9a\xe9')).toBe('a');
    const hosts: unknown[] = [];
    const server = await serveOn({
      upgrade: ({ headers }) => {
        hosts.push(headers.get('host'));
        return { status: 101, data: undefined };
      },
    });
    const client = connectTo(server);
    client.write(Buffer.from(head().replace(/Host: [^\r]*/, 'Host: \xe9.example'), 'latin1'));
    expect((await client.answer()).status).toBe(101);
    expect(hosts).toEqual(['.example']);
  },

  'values-must-be-utf8': async () => {
    for (const value of ['a\xe9b', 'a\xed\xa0\x80b', 'a\xef\xbf\xbdb'])
      expect(await valueOf(value)).toBe(400);
    expect(await valueOf('a\xc3\xa9b')).toBe('a\xc3\xa9b');
  },

  'handshake-timeout-fixed': async () => {
    const server = await serveOn({}, { limits: { handshakeTimeoutSeconds: 1 } });
    const client = connectTo(server);
    const startedAt = performance.now();
    client.write(head().slice(0, -2));
    await client.ended(25_000);
    expect(performance.now() - startedAt).toBeGreaterThan(5_000);
    expect(client.receivedBytes).toBe(0);
  },

  'unfinished-handshakes-unbounded': async () => {
    const server = await serveOn({}, { limits: { maxUnfinishedHandshakes: 1 } });
    const clients = [connectTo(server), connectTo(server), connectTo(server)];
    // Cut where uWebSockets.js takes a request in pieces.
    const at = head().indexOf('Host');
    for (const client of clients) client.write(head().slice(0, at));
    await Promise.all(
      clients.map((client) => new Promise((resolve) => client.socket.once('connect', resolve))),
    );
    const served = connectTo(server);
    served.write(head());
    expect((await served.answer()).status).toBe(101);
    for (const client of clients) client.write(head().slice(at));
    for (const client of clients) expect((await client.answer()).status).toBe(101);
  },

  'no-compression': async () => {
    const client = connectTo(await serveOn({}, { compression: {} }));
    client.write(head({ extraLines: ['Sec-WebSocket-Extensions: permessage-deflate'] }));
    const { status, fields } = await client.answer();
    expect([status, fields.get('sec-websocket-extensions')]).toEqual([101, undefined]);
  },

  'http-version-505': async () => {
    for (const version of ['HTTP/1.0', 'HTTP/2.0', 'HTTP/1.2']) {
      expect((await answerTo([head({ requestLine: `GET / ${version}` })])).status).toBe(505);
    }
  },

  'head-limit-4-kib': async () => {
    // That the environment raises it is tried in a process of its own, in process.test.ts.
    expect((await answerTo([head({ extraLines: [`x: ${'a'.repeat(5_000)}`] })])).status).toBe(431);
    expect((await answerTo([head({ extraLines: [`x: ${'a'.repeat(3_500)}`] })])).status).toBe(101);
  },

  'absolute-target-505': async () => {
    expect((await answerTo([head({ requestLine: 'GET http://localhost/ HTTP/1.1' })])).status).toBe(
      505,
    );
  },

  'head-lines-98': async () => {
    const lines = (count: number): string[] =>
      Array.from({ length: count - 5 }, (_, i) => `x-${i}: 1`);
    expect((await answerTo([head({ extraLines: lines(98) })])).status).toBe(101);
    expect((await answerTo([head({ extraLines: lines(99) })])).status).toBe(431);
  },

  'pipelined-refusal-cut': async () => {
    expect((await answerTo([head({ requestLine: 'POST / HTTP/1.1' }) + head()])).status).toBe(0);
  },

  'early-frames-505': async () => {
    let asked = 0;
    let isAborted = false;
    const server = await serveOn({
      upgrade: ({ signal }) => {
        asked++;
        signal.addEventListener('abort', () => (isAborted = true));
        return new Promise<never>(() => undefined);
      },
    });
    const client = connectTo(server);
    client.write(head());
    await eventually('the hook is asked', () => asked === 1);
    client.write(frame(Op.Text, 'early'));
    expect((await client.answer()).status).toBe(505);
    await eventually('the signal', () => isAborted);
    expect(server.booked).toEqual([]);
  },

  'short-pages-unbounded': async () => {
    const page = { type: 'text/plain', body: 'a page' };
    const pages = new Map([['/page', page]]);
    const server = await serveOn({}, { pages, limits: { maxPageConnections: 1 } });
    const clients = Array.from({ length: 3 }, () => connectTo(server));
    for (const client of clients) client.write('GET /page HTTP/1.1\r\nHost: localhost\r\n\r\n');
    for (const client of clients)
      await client.until('the page', () => client.http.endsWith(page.body));
    expect(server.metric(Metric.PagesCut)).toBe(0);
  },

  'head-page-kept-open': async () => {
    const page = { type: 'text/plain', body: 'a page' };
    const client = connectTo(await serveOn({}, { pages: new Map([['/page', page]]) }));
    const request = 'HEAD /page HTTP/1.1\r\nHost: localhost\r\n\r\n';
    client.write(request);
    await client.until('the answer', () => client.http.includes('\r\n\r\n'));
    expect(client.isEnded).toBe(false);
    client.write(request);
    await client.ended();
    expect(client.http.match(/200 OK/g)).toHaveLength(1);
  },
};

/** Expects that a request gets no answer, and that its connection is cut. */
async function isCutUnanswered(request: string): Promise<void> {
  const client = connectTo(await serveOn());
  client.write(request);
  await client.ended(25_000);
  expect(client.receivedBytes).toBe(0);
}

/** The value of a field as the hook gets it, or the status of the refusal. */
async function valueOf(octets: string): Promise<string | number | undefined> {
  let value: string | undefined;
  const server = await serveOn({
    upgrade: ({ headers }) => {
      value = headers.get('x-own');
      return { status: 101, data: undefined };
    },
  });
  const client = connectTo(server);
  client.write(Buffer.from(head({ extraLines: [`X-Own: ${octets}`] }), 'latin1'));
  const { status } = await client.answer();
  return status === 101 ? value : status;
}
