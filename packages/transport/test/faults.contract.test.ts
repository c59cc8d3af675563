// Tests of hooks that throw or reject.
import { type ConnectionHandlers, Metric, type WebSocketConn } from '@hioload/api';
import { eventually } from '@hioload/test-support/waiting';
import { closeFrame, frame, head, Op, RawClient } from '@hioload/test-support/wire';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { serve, type TestServer } from './support/server.js';

let server: TestServer;

afterEach(() => server.transport.close());

const BOOM = new Error('boom');
const LATER = (): Promise<never> => turn().then(() => Promise.reject(BOOM));

const WAYS: readonly [way: string, fail: () => unknown][] = [
  [
    'throws',
    () => {
      throw BOOM;
    },
  ],
  ['rejects', () => Promise.reject(BOOM)],
  ['rejects later', LATER],
  [
    'returns something like a promise that rejects',
    () => ({ then: (_: unknown, reject: (error: unknown) => void) => reject(BOOM) }),
  ],
  [
    'returns something whose then throws',
    () => ({
      then() {
        throw BOOM;
      },
    }),
  ],
  [
    'returns something that throws when it is looked at',
    () => ({
      get then() {
        throw BOOM;
      },
    }),
  ],
];

/** The bytes of a client that make each hook run. */
const CAUSES = {
  open: [],
  message: [frame(Op.Text, 'a')],
  ping: [frame(Op.Ping)],
  pong: [frame(Op.Pong)],
} as const;

describe.each(WAYS)('a hook that %s', (_, fail) => {
  it.each(Object.keys(CAUSES) as (keyof typeof CAUSES)[])(
    'costs its own connection: %s',
    async (hook) => {
      let first: WebSocketConn | undefined;
      const closes: number[] = [];
      const handlers: ConnectionHandlers = {
        message: (conn, message) => conn.send(message),
        close: (_conn, code) => void closes.push(code),
        // Only the first connection fails.
        [hook]: (conn: WebSocketConn, argument: never) => {
          first ??= conn;
          if (conn === first) return fail();
          return hook === 'message' ? conn.send(argument) : undefined;
        },
      };
      server = await serve(handlers);
      const failing = await RawClient.open(server.port);
      const bystander = hook === 'open' ? await RawClient.open(server.port) : undefined;
      for (const bytes of CAUSES[hook]) failing.write(bytes);
      const other = bystander ?? (await RawClient.open(server.port));
      await failing.ended();
      expect(failing.frames.at(-1)).toMatchObject({ opcode: Op.Close });
      expect(failing.frames.at(-1)!.payload.readUInt16BE()).toBe(1011);
      await eventually('the fault is told', () => server.faults.length === 1);
      expect(server.faults[0]).toMatchObject({
        error: {
          code: 'HIOLOAD_HANDLER_FAILED',
          message: `the ${hook} hook of connection 1 failed: boom`,
          cause: BOOM,
        },
        conn: { id: 1, state: 'closed' },
      });
      expect(server.metric(Metric.HandlerFaults)).toBe(1);
      expect(closes).toEqual([1011]);
      other.write(frame(Op.Text, 'alive'));
      await eventually('another connection lives', () => other.texts[0] === 'alive');
      other.destroy();
    },
  );

  it('after the end of the connection is told all the same: close', async () => {
    server = await serve({ close: fail });
    const client = await RawClient.open(server.port);
    client.write(closeFrame(1000));
    await client.ended();
    await eventually('the fault is told', () => server.faults.length === 1);
    expect(server.faults[0]!.error).toMatchObject({ code: 'HIOLOAD_HANDLER_FAILED', cause: BOOM });
    expect(client.frames[0]!.payload.readUInt16BE()).toBe(1000);
    expect(server.booked).toEqual([]);
  });
});

it('is told each time, and the reactor goes on through hundreds', async () => {
  let calls = 0;
  server = await serve({
    message(conn, message) {
      if (++calls % 10 === 0) throw BOOM;
      conn.send(message);
    },
  });
  let echoes = 0;
  for (let round = 0; round < 30; round++) {
    const clients = await Promise.all(
      Array.from({ length: 10 }, () => RawClient.open(server.port)),
    );
    for (const client of clients) client.write(frame(Op.Text, 'x'));
    await eventually('all are answered', () => clients.every((one) => one.frames.length > 0));
    echoes += clients.filter((one) => one.texts[0] === 'x').length;
    for (const client of clients) client.destroy();
  }
  expect(echoes).toBe(270);
  expect(server.faults).toHaveLength(30);
});

const throwsWhenLookedAt = (): never => {
  throw BOOM;
};

it.each<[string, unknown]>([
  ['has no prototype', Object.create(null)],
  ['has a message that is a symbol', Object.assign(new Error(), { message: Symbol('s') })],
  [
    'has a message that cannot be a string',
    Object.assign(new Error(), { message: { toString: throwsWhenLookedAt } }),
  ],
  [
    'has a stack that throws',
    Object.defineProperty(new Error(), 'stack', { get: throwsWhenLookedAt }),
  ],
  ['is a proxy', new Proxy({}, { get: throwsWhenLookedAt, getPrototypeOf: throwsWhenLookedAt })],
])('survives what is thrown and %s', async (_, unprintable) => {
  server = await serve({
    message() {
      throw unprintable;
    },
  });
  const client = await RawClient.open(server.port);
  client.write(frame(Op.Text, 'x'));
  await client.ended();
  expect(server.faults[0]!.error.cause).toBe(unprintable);
});

describe('an upgrade hook that returns something like a promise', () => {
  it.each<[string, () => unknown]>(WAYS.filter(([way]) => way !== 'throws'))(
    'and %s costs its own handshake',
    async (_, fail) => {
      let isFirst = true;
      server = await serve({
        upgrade: () => {
          if (!isFirst) return { status: 101, data: undefined };
          isFirst = false;
          return fail() as Promise<never>;
        },
      });
      const refused = new RawClient(server.port);
      refused.write(head());
      expect((await refused.answer()).status).toBe(500);
      refused.destroy();
      expect(server.faults).toHaveLength(1);
      expect(server.faults[0]!.error.cause).toBe(BOOM);
      expect(server.booked).toEqual([]);
      (await RawClient.open(server.port)).destroy();
    },
  );
});

it('ignores what a hook returns that is no promise', async () => {
  const returned: unknown[] = [1, 'then', { then: 1 }, null, () => undefined];
  server = await serve({ message: () => returned.shift() });
  const client = await RawClient.open(server.port);
  for (let i = 0; i < 5; i++) client.write(frame(Op.Text, 'x'));
  client.write(frame(Op.Ping));
  await eventually('the pong', () => client.frames.length === 1);
  expect(server.faults).toEqual([]);
  expect(returned).toEqual([]);
  client.destroy();
});
