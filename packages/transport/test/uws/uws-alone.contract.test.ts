// Tests of behaviour that only the uws transport has; the contract of transports leaves it open.
import {
  ConnState,
  type ConnectionHandlers,
  type IncomingMessage,
  Metric,
  SendStatus,
  type WebSocketConn,
} from '@hioload/api';
import {
  type BuiltTransport,
  buildTransport,
  listen,
  type TransportSettings,
} from '@hioload/test-support/servers';
import { eventually, nextTurn } from '@hioload/test-support/waiting';
import { frame, Op, RawClient } from '@hioload/test-support/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { createUwsTransport } from '../../src/uws/index.js';
import { stuffQueue } from '../support/fill.js';

const MAX = 65_536;

let server: BuiltTransport;
let client: RawClient;
let conn: WebSocketConn;

afterEach(() => {
  client.destroy();
  server.transport.close();
});

/** Opens one connection on a transport of its own. */
async function open(
  handlers: ConnectionHandlers = {},
  settings: TransportSettings = {},
): Promise<void> {
  server = await buildTransport(createUwsTransport, {
    ...settings,
    handlers: { ...handlers, open: (one) => void (conn = one) },
  });
  client = await RawClient.open(await listen(server.transport));
}

describe('an expired message', () => {
  it('leaves its view without bytes, because the library detaches the memory', async () => {
    let view: Uint8Array | undefined;
    await open({
      message: (_, message: IncomingMessage) => {
        view = message.bytes();
      },
    });
    client.write(frame(Op.Text, 'hello'));
    await eventually('the message was handled', () => view !== undefined);
    await nextTurn();
    expect(view).toHaveLength(0);
  });
});

describe('the end of a connection', () => {
  it('calls the close hook before end returns, and waits for no answer', async () => {
    const closes: unknown[] = [];
    await open({ close: (one, code, reason) => void closes.push([code, reason, one.state]) });
    conn.end(4001, 'déjà vu');
    expect(closes).toEqual([[4001, 'déjà vu', ConnState.Closed]]);
    expect([server.transport.connectionCount, server.admission.booked]).toEqual([0, 0]);
    await client.ended();
    expect(client.frames.map(({ payload }) => payload.subarray(2).toString())).toEqual(['déjà vu']);
    expect(closes).toHaveLength(1);
  });

  it('is the same for the transport: its calls do nothing after close', async () => {
    await open();
    server.transport.close();
    expect(server.transport.publish('news', 'x')).toEqual({ reactors: 0, lanesFull: 0 });
    // The library ends the process if a listening socket is closed after its app.
    server.transport.stopListening();
    server.transport.close();
    await client.ended();
  });
});

describe('a full queue', () => {
  const limits = { maxBufferedBytes: MAX };

  it('takes no ping, and neither counts nor tells the loss of a ping', async () => {
    const dropped: string[] = [];
    await open({ dropped: (_, message) => void dropped.push(message.text()) }, { limits });
    client.socket.pause();
    await stuffQueue(conn, MAX);
    expect(conn.ping('p')).toBe(SendStatus.Dropped);
    conn.subscribe('news');
    expect(conn.ping('q')).toBe(SendStatus.Dropped);
    await nextTurn();
    expect(dropped).toEqual([]);
    expect(server.metrics.read(Metric.DroppedBufferFull)).toBe(0);
  });

  it('cuts a subscriber before the next publish, under the policy close', async () => {
    await open({}, { limits, whenBufferFull: 'close' });
    client.socket.pause();
    conn.subscribe('news');
    await stuffQueue(conn, MAX);
    // The library gathers short messages; it sends a long one, and tells its loss, at once.
    server.transport.publish('news', Buffer.alloc(20_000));
    expect(conn.state).toBe(ConnState.Closing);
    expect(server.transport.publish('news', 'newer')).toEqual({ reactors: 0, lanesFull: 0 });
    expect(conn.state).toBe(ConnState.Closed);
  });
});
