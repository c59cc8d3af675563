// Tests of closing a connection from either side.
import {
  closedMetric,
  ConnState,
  type IncomingMessage,
  SendStatus,
  type WebSocketConn,
} from '@hioload/api';
import { eventually } from '@hioload/test-support/waiting';
import { closeFrame, frame, head, Op, RawClient } from '@hioload/test-support/wire';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { serve, type TestServer } from './support/server.js';

let server: TestServer;

afterEach(() => server.transport.close());

interface Ending {
  readonly conn: WebSocketConn;
  readonly client: RawClient;
  /** The arguments of each close hook, and the state in the hook. */
  readonly closes: readonly (readonly unknown[])[];
}

/** Opens one connection and records the calls of its close hook. */
async function open(): Promise<Ending> {
  let conn: WebSocketConn | undefined;
  const closes: unknown[][] = [];
  server = await serve({
    open: (one) => void (conn = one),
    close: (one, code, reason) => void closes.push([code, reason, one.state]),
  });
  const client = await RawClient.open(server.port);
  return { conn: conn!, client, closes };
}

/** Expects every call on a closed connection to be harmless. */
function expectHarmless(conn: WebSocketConn): void {
  expect(conn.state).toBe(ConnState.Closed);
  expect(conn.bufferedBytes).toBe(0);
  expect(conn.send('x')).toBe(SendStatus.Closed);
  expect(conn.ping()).toBe(SendStatus.Closed);
  expect(conn.subscribe('t')).toBe(false);
  expect(conn.unsubscribe('t')).toBe(false);
  expect(conn.isSubscribed('t')).toBe(false);
  expect(conn.publish('t', 'x')).toEqual({ reactors: 0, lanesFull: 0 });
  let isRun = false;
  conn.cork(() => (isRun = true));
  expect(isRun).toBe(true);
  conn.end();
  conn.terminate();
}

describe('a connection that the server ends', () => {
  it('sends code and reason, calls the hook before end returns, then does nothing', async () => {
    const { conn, client, closes } = await open();
    conn.end(4001, 'déjà vu');
    expect(closes).toEqual([[4001, 'déjà vu', ConnState.Closed]]);
    expectHarmless(conn);
    await client.ended();
    expect(client.frames).toHaveLength(1);
    expect(client.frames[0]!.payload.readUInt16BE()).toBe(4001);
    expect(client.frames[0]!.payload.subarray(2).toString()).toBe('déjà vu');
    expect(server.metric(closedMetric(4001))).toBe(1);
    expect(server.transport.connectionCount).toBe(0);
    expect(server.booked).toEqual([]);
    expect(closes).toHaveLength(1);
  });

  it('sends 1000 by default', async () => {
    const { conn, client, closes } = await open();
    conn.end();
    await client.ended();
    expect(client.frames[0]!.payload).toEqual(Buffer.from([0x03, 0xe8]));
    expect(closes).toEqual([[1000, '', ConnState.Closed]]);
  });

  it('refuses codes and reasons that must not be sent, and lives on', async () => {
    const { conn, client } = await open();
    for (const code of [0, 999, 1004, 1005, 1006, 1015, 2000, 5000]) {
      expect(() => conn.end(code)).toThrow(
        expect.objectContaining({ code: 'HIOLOAD_CLOSE_CODE_INVALID' }),
      );
    }
    expect(() => conn.end(1000, 'x'.repeat(124))).toThrow(
      expect.objectContaining({ code: 'HIOLOAD_CLOSE_REASON_TOO_LONG' }),
    );
    expect(conn.state).toBe(ConnState.Open);
    expect(conn.send('alive')).toBe(SendStatus.Sent);
    client.destroy();
  });

  it('is cut by terminate, without a close frame', async () => {
    const { conn, client, closes } = await open();
    conn.terminate();
    expect(closes).toEqual([[1006, '', ConnState.Closed]]);
    expectHarmless(conn);
    await client.ended();
    expect(client.frames).toEqual([]);
    expect(server.metric(closedMetric(1006))).toBe(1);
    expect(server.booked).toEqual([]);
  });

  it.each(['end', 'terminate'] as const)('may be ended by %s in any of its hooks', async (how) => {
    for (const hook of ['open', 'message', 'ping', 'pong', 'close'] as const) {
      const closes: number[] = [];
      const act = (conn: WebSocketConn): void => {
        conn[how]();
        conn[how]();
        expect(conn.send('late')).toBe(SendStatus.Closed);
      };
      server = await serve({
        close: (conn, code) => {
          closes.push(code);
          if (hook === 'close') expectHarmless(conn);
        },
        ...(hook === 'open' && { open: act }),
        ...(hook === 'message' && { message: act }),
        ...(hook === 'ping' && { ping: act }),
        ...(hook === 'pong' && { pong: act }),
      });
      const client = new RawClient(server.port);
      client.write(head());
      // A connection that is cut in the open hook gets no answer at all.
      await eventually('the handshake', () => client.receivedBytes > 0 || client.isEnded);
      client.write(
        Buffer.concat([frame(Op.Ping), frame(Op.Pong), frame(Op.Text, 'a'), frame(Op.Text, 'b')]),
      );
      client.write(closeFrame(1001));
      await client.ended();
      await eventually(`the end in ${hook}`, () => closes.length > 0);
      expect(closes, hook).toEqual([hook === 'close' ? 1001 : how === 'end' ? 1000 : 1006]);
      expect(client.texts).toEqual([]);
      expect(server.faults).toEqual([]);
      expect(server.booked).toEqual([]);
      server.transport.close();
    }
  });
});

describe('a connection that the peer ends', () => {
  it.each([1000, 1001, 1003, 1007, 1011, 4000, 4999])(
    'with code %i is answered with the same',
    async (code) => {
      const { conn, client, closes } = await open();
      client.write(closeFrame(code, 'bye'));
      await client.ended();
      expect(closes).toEqual([[code, 'bye', ConnState.Closed]]);
      expect(client.frames[0]!.payload.readUInt16BE()).toBe(code);
      expectHarmless(conn);
    },
  );

  it('without a code is seen as 1005', async () => {
    const { client, closes } = await open();
    client.write(frame(Op.Close));
    await client.ended();
    expect(closes).toEqual([[1005, '', ConnState.Closed]]);
    expect(client.frames).toMatchObject([{ opcode: Op.Close, payload: Buffer.alloc(0) }]);
    expect(server.metric(closedMetric(1005))).toBe(1);
  });

  it.each(['destroy', 'resetAndDestroy'] as const)(
    'without a close frame (%s) is seen as 1006',
    async (how) => {
      const { conn, client, closes } = await open();
      client.socket[how]();
      await eventually('the close hook', () => closes.length > 0);
      expect(closes).toEqual([[1006, '', ConnState.Closed]]);
      expectHarmless(conn);
    },
  );

  it('ignores messages that come after the close frame', async () => {
    const messages: string[] = [];
    server = await serve({
      message: (_, message: IncomingMessage) => void messages.push(message.text()),
    });
    const client = await RawClient.open(server.port);
    client.write(Buffer.concat([frame(Op.Text, 'a'), closeFrame(1000), frame(Op.Text, 'b')]));
    await client.ended();
    expect(messages).toEqual(['a']);
  });

  it('is understood by the ws client, both ways', async () => {
    const closes: unknown[] = [];
    server = await serve({
      message: (conn) => conn.end(4002, 'from the server'),
      close: (_, code, reason) => void closes.push([code, reason]),
    });
    const seen: unknown[] = [];
    for (const act of [
      (ws: WebSocket) => ws.close(4003, 'from the client'),
      (ws: WebSocket) => ws.send('end it'),
    ]) {
      const ws = new WebSocket(`ws://127.0.0.1:${server.port}/`);
      ws.on('open', () => act(ws));
      await new Promise((resolve) =>
        ws.on('close', (code, reason) => {
          seen.push([code, reason.toString()]);
          resolve(undefined);
        }),
      );
    }
    const expected = [
      [4003, 'from the client'],
      [4002, 'from the server'],
    ];
    expect(seen).toEqual(expected);
    expect(closes).toEqual(expected);
  });
});

describe('the transport', () => {
  it('cuts the remaining connections when it closes, and tells each one once', async () => {
    const { conn, client, closes } = await open();
    server.transport.close();
    expect(closes).toEqual([[1006, '', ConnState.Closed]]);
    expectHarmless(conn);
    expect(server.transport.publish('t', 'x')).toEqual({ reactors: 0, lanesFull: 0 });
    server.transport.close();
    await client.ended();
    expect(server.booked).toEqual([]);
  });

  it('cuts all of them also if a close hook ends another', async () => {
    const conns: WebSocketConn[] = [];
    server = await serve({
      open: (conn) => void conns.push(conn),
      close(conn) {
        // The connection opened before this one comes next in the list of the native library.
        if (conn.id % 2 === 0) conns.find(({ id }) => id === conn.id - 1)?.terminate();
      },
    });
    const clients = await Promise.all(
      Array.from({ length: 20 }, () => RawClient.open(server.port)),
    );
    server.transport.close();
    expect(server.transport.connectionCount).toBe(0);
    expect(server.booked).toEqual([]);
    for (const client of clients) await client.ended();
  });

  it('visits each open connection, which may be ended then', async () => {
    server = await serve();
    const clients = await Promise.all([1, 2, 3].map(() => RawClient.open(server.port)));
    expect(server.transport.connectionCount).toBe(3);
    let visits = 0;
    server.transport.forEachConnection((conn) => {
      visits++;
      conn.end(1001, 'going away');
    });
    expect(visits).toBe(3);
    expect(server.transport.connectionCount).toBe(0);
    for (const client of clients) {
      await client.ended();
      expect(client.frames[0]!.payload.readUInt16BE()).toBe(1001);
    }
    await turn();
    server.transport.forEachConnection(() => {
      throw new Error('nobody is left to visit');
    });
  });
});
