// Tests of the opening handshake.
import { AdmissionVerdict, Metric } from '@hioload/api';
import { eventually } from '@hioload/test-support/waiting';
import { head, type HeadOptions, RawClient } from '@hioload/test-support/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { serve, type ServerOptions, type TestServer } from './support/server.js';

let server: TestServer | undefined;

afterEach(() => {
  server?.transport.close();
  server = undefined;
});

/** Serves, sends one handshake and hands out the answer. */
async function ask(options: HeadOptions & { readonly server?: ServerOptions<unknown> } = {}) {
  server = await serve({}, options.server);
  const client = new RawClient(server.port);
  client.write(head(options));
  const answer = await client.answer();
  client.destroy();
  return answer;
}

describe('an accepted handshake', () => {
  it('is answered with the accept value of RFC 6455 and no extension', async () => {
    const extensions = { 'Sec-WebSocket-Extensions': 'permessage-deflate; client_max_window_bits' };
    const { status, fields } = await ask({ fields: extensions });
    expect(status).toBe(101);
    expect(fields.get('sec-websocket-accept')).toBe('s3pPLMBiTxaQ9kYGzzhZRbK+xOo=');
    expect(fields.has('sec-websocket-extensions')).toBe(false);
    expect(fields.has('sec-websocket-protocol')).toBe(false);
  });

  it('may spread its lists over several fields and any letter case', async () => {
    const { status } = await ask({
      fields: { Connection: 'keep-alive', Upgrade: 'WebSocket' },
      extraLines: ['connection: UPGRADE'],
    });
    expect(status).toBe(101);
  });

  it('gets the subprotocol that the application prefers', async () => {
    const { fields } = await ask({
      fields: { 'Sec-WebSocket-Protocol': 'a, b' },
      extraLines: ['sec-websocket-protocol: c'],
      server: { protocols: ['c', 'b'] },
    });
    expect(fields.get('sec-websocket-protocol')).toBe('c');
  });

  it('is served at every path below a prefix, with any query', async () => {
    const { status } = await ask({
      requestLine: 'GET /rooms/:id?x=/y HTTP/1.1',
      server: { path: '/rooms/*' },
    });
    expect(status).toBe(101);
  });

  it('books one connection and gives it back when that ends', async () => {
    server = await serve();
    const client = await RawClient.open(server.port);
    expect(server.booked).toEqual(['127.0.0.1']);
    expect(server.metric(Metric.Connections)).toBe(1);
    client.destroy();
    await eventually('the end of the connection', () => server!.transport.connectionCount === 0);
    expect(server.booked).toEqual([]);
    expect(server.metric(Metric.Connections)).toBe(0);
    expect(server.metric(Metric.ConnectionsOpened)).toBe(1);
  });
});

describe('a refused handshake', () => {
  it.each([
    ['another path', 404, Metric.RejectedPath, { requestLine: 'GET /other HTTP/1.1' }],
    ['a POST', 405, Metric.RejectedMethod, { requestLine: 'POST / HTTP/1.1' }],
    ['a HEAD', 405, Metric.RejectedMethod, { requestLine: 'HEAD / HTTP/1.1' }],
    [
      'a plain GET',
      426,
      Metric.RejectedNotUpgrade,
      { fields: { Upgrade: undefined, 'Sec-WebSocket-Key': undefined } },
    ],
    [
      'a GET that upgrades to something else',
      426,
      Metric.RejectedNotUpgrade,
      { fields: { Upgrade: 'h2c' } },
    ],
    ['no Connection field', 426, Metric.RejectedNotUpgrade, { fields: { Connection: undefined } }],
    ['version 12', 426, Metric.RejectedVersion, { fields: { 'Sec-WebSocket-Version': '12' } }],
    ['no version', 426, Metric.RejectedVersion, { fields: { 'Sec-WebSocket-Version': undefined } }],
    ['no key', 400, Metric.RejectedBadRequest, { fields: { 'Sec-WebSocket-Key': undefined } }],
    ['a short key', 400, Metric.RejectedBadRequest, { fields: { 'Sec-WebSocket-Key': 'AAAA' } }],
    [
      'a key of the right length',
      400,
      Metric.RejectedBadRequest,
      { fields: { 'Sec-WebSocket-Key': '!'.repeat(24) } },
    ],
    ['two hosts', 400, Metric.RejectedBadRequest, { extraLines: ['Host: other'] }],
    [
      'a body',
      400,
      Metric.RejectedBadRequest,
      { fields: { 'Content-Length': '4' }, extraLines: [] },
    ],
    [
      'a body in chunks',
      400,
      Metric.RejectedBadRequest,
      { fields: { 'Transfer-Encoding': 'chunked' } },
    ],
    [
      'a subprotocol that is no token',
      400,
      Metric.RejectedBadRequest,
      { fields: { 'Sec-WebSocket-Protocol': 'a b' } },
    ],
    ['another origin', 403, Metric.RejectedOrigin, { fields: { Origin: 'https://evil.example' } }],
    ['the opaque origin', 403, Metric.RejectedOrigin, { fields: { Origin: 'null' } }],
  ] as const)('for %s: %i', async (_, status, cell, options) => {
    const answer = await ask(options);
    expect(answer.status).toBe(status);
    expect(answer.fields.get('connection')).toBe('close');
    expect(answer.fields.get('content-type')).toMatch(/^text\/plain/);
    expect(server!.metric(cell)).toBe(1);
    expect(server!.asked()).toBe(0);
    expect(server!.transport.connectionCount).toBe(0);
  });

  it('names the version that is served, and the method', async () => {
    const version = await ask({ fields: { 'Sec-WebSocket-Version': '8' } });
    expect(version.fields.get('sec-websocket-version')).toBe('13');
    expect(version.fields.get('upgrade')).toBe('websocket');
    server!.transport.close();
    const method = await ask({ requestLine: 'PUT / HTTP/1.1' });
    expect(method.fields.get('allow')).toBe('GET');
  });

  it.each([
    [AdmissionVerdict.Full, 503, Metric.RejectedFull],
    [AdmissionVerdict.AddressFull, 429, Metric.RejectedAddressFull],
    [AdmissionVerdict.TooFast, 503, Metric.RejectedTooFast],
    [AdmissionVerdict.Draining, 503, Metric.RejectedDraining],
  ])('where the admission says %s: %i, come again', async (verdict, status, cell) => {
    const answer = await ask({ server: { verdict: () => verdict } });
    expect(answer.status).toBe(status);
    expect(Number(answer.fields.get('retry-after'))).toBeGreaterThan(0);
    expect(server!.metric(cell)).toBe(1);
    expect(server!.asked()).toBe(1);
    expect(server!.booked).toEqual([]);
  });

  it('lets a page of the same host and one on the list in', async () => {
    expect((await ask({ fields: { Origin: 'http://localhost' } })).status).toBe(101);
    server!.transport.close();
    const options = { allowedOrigins: ['https://app.example'] };
    expect((await ask({ fields: { Origin: 'https://app.example' }, server: options })).status).toBe(
      101,
    );
  });

  it('harms no other: a client that sends garbage, and one that leaves in the middle', async () => {
    server = await serve({ message: (conn, message) => conn.send(message) });
    const good = await RawClient.open(server.port);
    const garbage = new RawClient(server.port);
    garbage.write(Buffer.alloc(20_000, 0xff));
    const hasty = new RawClient(server.port);
    hasty.write(head().slice(0, 40));
    hasty.destroy();
    await garbage.ended();
    expect(server.transport.connectionCount).toBe(1);
    expect(server.booked).toHaveLength(1);
    good.destroy();
  });

  it('is given for too many header lines and for too long ones', async () => {
    const lines = Array.from({ length: 110 }, (_, i) => `x-${i}: 1`);
    expect((await ask({ extraLines: lines })).status).toBe(431);
    server!.transport.close();
    expect((await ask({ extraLines: [`x: ${'a'.repeat(9_000)}`] })).status).toBe(431);
  });
});
