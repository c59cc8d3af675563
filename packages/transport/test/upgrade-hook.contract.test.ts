// Tests of the upgrade hook: its request, its deadline and its abort.
import { Metric, type UpgradeDecision, type UpgradeRequest } from '@hioload/api';
import { eventually } from '@hioload/test-support/waiting';
import { head, type HeadOptions, RawClient } from '@hioload/test-support/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { serve, type ServerOptions, type TestServer } from './support/server.js';

type Decision = UpgradeDecision<unknown>;

let server: TestServer;

afterEach(() => server.transport.close());

/** Serves with an upgrade hook and sends one handshake. */
async function knock(
  upgrade: (request: UpgradeRequest) => Decision | Promise<Decision>,
  options: HeadOptions & { readonly server?: ServerOptions<unknown> } = {},
): Promise<RawClient> {
  server = await serve({ upgrade }, options.server);
  const client = new RawClient(server.port);
  client.write(head(options));
  return client;
}

const LATER = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('the upgrade hook', () => {
  it('sees the request, also after an await', async () => {
    let seen: Record<string, unknown> = {};
    const client = await knock(
      async (request) => {
        await LATER();
        seen = { ...request, headers: [...request.headers], signal: request.signal.aborted };
        return { status: 101, data: undefined };
      },
      {
        requestLine: 'GET /a%20b?q=1&r HTTP/1.1',
        fields: { 'Sec-WebSocket-Protocol': 'x, y' },
        extraLines: ['X-Twice: 1', 'x-twice: 2'],
        server: { path: '/*' },
      },
    );
    await client.answer();
    client.destroy();
    expect(seen).toMatchObject({
      path: '/a%20b',
      query: 'q=1&r',
      protocols: ['x', 'y'],
      remoteAddress: '127.0.0.1',
      signal: false,
    });
    expect(seen['headers']).toContainEqual(['x-twice', '1, 2']);
    expect(seen).not.toHaveProperty('method');
  });

  it.each([true, false])(
    'accepts with data, a subprotocol and header fields (async: %s)',
    async (isAsync) => {
      let data: unknown;
      const decision: Decision = {
        status: 101,
        data: { user: 7 },
        protocol: 'y',
        headers: { 'Set-Cookie': 'a=b' },
      };
      server = await serve({
        upgrade: isAsync ? () => LATER().then(() => decision) : () => decision,
        open: (conn) => {
          data = [conn.data, conn.protocol, conn.remoteAddress, conn.id];
        },
      });
      const client = new RawClient(server.port);
      client.write(head({ fields: { 'Sec-WebSocket-Protocol': 'x, y' } }));
      const { status, fields } = await client.answer();
      client.destroy();
      expect(status).toBe(101);
      expect(fields.get('sec-websocket-protocol')).toBe('y');
      expect(fields.get('set-cookie')).toBe('a=b');
      expect(data).toEqual([{ user: 7 }, 'y', '127.0.0.1', 1]);
    },
  );

  it.each([true, false])('refuses with an answer of its own (async: %s)', async (isAsync) => {
    const decision: Decision = {
      status: 401,
      reason: 'who are you?',
      headers: { 'WWW-Authenticate': 'Basic' },
    };
    const client = await knock(isAsync ? () => LATER().then(() => decision) : () => decision);
    const { status, fields, body } = await client.answer();
    expect({ status, body }).toEqual({ status: 401, body: 'who are you?' });
    expect(fields.get('www-authenticate')).toBe('Basic');
    expect(server.metric(Metric.RejectedByApp)).toBe(1);
    expect(server.booked).toEqual([]);
    expect(server.faults).toEqual([]);
  });

  it.each<[string, () => Decision | Promise<Decision>]>([
    [
      'throws',
      () => {
        throw new Error('no database');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no database'))],
    ['rejects later', () => LATER().then(() => Promise.reject(new Error('no database')))],
  ])('that %s is a fault: 500', async (_, upgrade) => {
    const client = await knock(upgrade);
    const { status, body } = await client.answer();
    expect(status).toBe(500);
    expect(body).not.toContain('database');
    expect(server.faults).toEqual([
      { error: expect.objectContaining({ code: 'HIOLOAD_HANDLER_FAILED' }), conn: undefined },
    ]);
    expect(server.faults[0]!.error.cause).toMatchObject({ message: 'no database' });
    expect(server.metric(Metric.HandlerFaults)).toBe(1);
    expect(server.metric(Metric.RejectedFault)).toBe(1);
    expect(server.booked).toEqual([]);
  });

  it.each<[string, unknown]>([
    [
      'a header that would end the head early',
      { status: 101, headers: { 'X-A': '1\r\nSet-Cookie: evil=1' } },
    ],
    ['a subprotocol that would', { status: 101, protocol: 'x\r\nSet-Cookie: evil=1' }],
    ['nothing', undefined],
  ])('that returns %s is a fault: 500', async (_, decision) => {
    for (const upgrade of [() => decision, () => LATER().then(() => decision)]) {
      const client = await knock(upgrade as () => Decision);
      const { status, fields } = await client.answer();
      expect(status).toBe(500);
      expect(fields.has('set-cookie')).toBe(false);
      expect(server.faults[0]!.error.code).toBe('HIOLOAD_UPGRADE_INVALID');
      expect(server.metric(Metric.HandlerFaults)).toBe(1);
      expect(server.booked).toEqual([]);
      server.transport.close();
    }
  });

  it('is told when the client leaves, and its later decision does nothing', async () => {
    let signal: AbortSignal | undefined;
    let decide: (decision: Decision) => void = () => undefined;
    const client = await knock((request) => {
      ({ signal } = request);
      return new Promise((resolve) => (decide = resolve));
    });
    await eventually('the hook is called', () => signal !== undefined);
    expect(server.booked).toHaveLength(1);
    client.destroy();
    await eventually('the signal', () => signal!.aborted);
    expect(server.booked).toEqual([]);
    decide({ status: 101, data: undefined });
    await LATER();
    expect(server.metric(Metric.RejectedAborted)).toBe(1);
    expect(server.transport.connectionCount).toBe(0);
    expect(server.faults).toEqual([]);
  });

  it('may reject because of that without a fault', async () => {
    let hasRejected = false;
    let isCalled = false;
    const client = await knock(({ signal }) => {
      isCalled = true;
      return new Promise((_, reject) => {
        signal.addEventListener('abort', () => {
          hasRejected = true;
          reject(signal.reason as Error);
        });
      });
    });
    await eventually('the hook is called', () => isCalled);
    client.destroy();
    await eventually('the hook rejects', () => hasRejected);
    await LATER();
    expect(server.faults).toEqual([]);
  });

  it('has a deadline, after which the handshake is refused', async () => {
    let signal: AbortSignal | undefined;
    const client = await knock(
      (request) => {
        ({ signal } = request);
        return new Promise(() => undefined);
      },
      { server: { limits: { upgradeTimeoutSeconds: 1 } } },
    );
    const { status, fields } = await client.answer();
    expect(status).toBe(503);
    expect(fields.has('retry-after')).toBe(true);
    expect(signal!.aborted).toBe(true);
    expect(server.metric(Metric.RejectedTimeout)).toBe(1);
    expect(server.booked).toEqual([]);
  });

  it('is cut short by the end of the transport', async () => {
    let signal: AbortSignal | undefined;
    const client = await knock((request) => {
      ({ signal } = request);
      return new Promise(() => undefined);
    });
    await eventually('the hook is called', () => signal !== undefined);
    server.transport.close();
    expect(signal!.aborted).toBe(true);
    expect(server.booked).toEqual([]);
    await client.ended();
  });
});
