// Tests of slow peers: the outbound queue, lost messages and the policies.
import {
  type BufferFullPolicy,
  ConnState,
  type ConnectionHandlers,
  Metric,
  SendStatus,
  type WebSocketConn,
} from '@hioload/api';
import { eventually } from '@hioload/test-support/waiting';
import { frame, Op, RawClient } from '@hioload/test-support/wire';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { fillQueue, stuffQueue } from './support/fill.js';
import { serve, type TestServer } from './support/server.js';

let server: TestServer;
let client: RawClient;
let conn: WebSocketConn;

const MAX = 65_536;

/** Opens a connection whose peer does not read. */
async function openStuck(
  handlers: ConnectionHandlers = {},
  whenBufferFull: BufferFullPolicy = 'drop',
): Promise<void> {
  const open = (one: WebSocketConn): void => void (conn ??= one);
  conn = undefined as never;
  server = await serve(
    { ...handlers, open },
    { whenBufferFull, limits: { maxBufferedBytes: MAX } },
  );
  client = await RawClient.open(server.port);
  client.socket.pause();
}

afterEach(() => {
  client.destroy();
  server.transport.close();
});

describe('a slow peer', () => {
  it('gets messages sent, then buffered, then dropped, and drains when it reads', async () => {
    let drains = 0;
    await openStuck({ drain: () => void drains++ });
    expect(conn.bufferedBytes).toBe(0);
    const statuses = fillQueue(conn);
    expect([...new Set(statuses)]).toEqual([
      SendStatus.Sent,
      SendStatus.Buffered,
      SendStatus.Dropped,
    ]);
    expect(conn.bufferedBytes).toBeGreaterThan(MAX);
    expect(conn.bufferedBytes).toBeLessThan(MAX + 32_768);
    const accepted = statuses.length - 1;
    expect(server.metric(Metric.MessagesOut)).toBe(accepted);
    expect(server.metric(Metric.DroppedBufferFull)).toBe(1);
    client.socket.resume();
    await eventually(
      'all that was accepted arrives',
      () => client.receivedBytes > accepted * 16_384,
    );
    await eventually('the drain hook', () => drains > 0 && conn.bufferedBytes === 0);
    expect(client.frames).toHaveLength(accepted);
    expect(conn.send('on')).toBe(SendStatus.Sent);
  });

  it('does not slow others: another connection is served meanwhile', async () => {
    await openStuck({ message: (one, message) => one.send(message) });
    fillQueue(conn);
    const other = await RawClient.open(server.port);
    other.write(frame(Op.Text, 'quick'));
    await eventually('the echo', () => other.texts[0] === 'quick');
    other.destroy();
  });

  it('gets no ping either, although a ping is no message', async () => {
    const dropped: string[] = [];
    await openStuck({ dropped: (_, message) => void dropped.push(message.text()) });
    await stuffQueue(conn, MAX);
    expect(conn.ping('p')).toBe(SendStatus.Dropped);
    conn.subscribe('t');
    expect(conn.ping('q')).toBe(SendStatus.Dropped);
    await turn();
    expect(dropped).toEqual([]);
    expect(server.metric(Metric.DroppedBufferFull)).toBe(0);
  });
});

describe('the dropped hook', () => {
  it.each([false, true])(
    'gets the lost message before send returns (subscribed: %s)',
    async (isSubscribed) => {
      const dropped: unknown[] = [];
      await openStuck({
        dropped: (_, message) =>
          void dropped.push([message.text(), message.isBinary, message.byteLength]),
      });
      if (isSubscribed) conn.subscribe('t');
      await stuffQueue(conn, MAX);
      const shared = new SharedArrayBuffer(3);
      new Uint8Array(shared).set(Buffer.from('abc'));
      for (const sendable of [
        'text',
        Buffer.from('xbytesx').subarray(1, 6),
        new Uint8Array(Buffer.from('ab')).buffer,
        shared,
      ]) {
        expect(conn.send(sendable)).toBe(SendStatus.Dropped);
      }
      expect(dropped).toEqual([
        ['text', false, 4],
        ['bytes', true, 5],
        ['ab', true, 2],
        ['abc', true, 3],
      ]);
      await turn();
      expect(dropped).toHaveLength(4);
      expect(server.metric(Metric.DroppedBufferFull)).toBe(4);
    },
  );

  it('gets an incoming message that could not be relayed', async () => {
    const dropped: string[] = [];
    await openStuck({
      message: (_, message) => conn.send(message),
      dropped: (one, message) => void dropped.push(`${one.id}: ${message.text()}`),
    });
    const other = await RawClient.open(server.port);
    await stuffQueue(conn, MAX);
    other.write(frame(Op.Text, 'relayed'));
    await eventually('the loss', () => dropped.length > 0);
    expect(dropped).toEqual(['1: relayed']);
    other.destroy();
  });

  it('gets a published message by the end of the turn, and may do anything then', async () => {
    const dropped: string[] = [];
    await openStuck({
      dropped(one, message) {
        dropped.push(message.text());
        one.unsubscribe('t');
        one.subscribe('u');
      },
    });
    const bystander = await RawClient.open(server.port);
    server.transport.forEachConnection((one) => one.subscribe('t'));
    await stuffQueue(conn, MAX);
    server.transport.publish('t', 'short');
    await eventually('the loss is told', () => dropped.length > 0);
    expect(dropped).toEqual(['short']);
    expect([conn.isSubscribed('t'), conn.isSubscribed('u')]).toEqual([false, true]);
    await stuffQueue(conn, MAX);
    server.transport.publish('u', Buffer.alloc(20_000, 0x61));
    await eventually('the loss of a long one is told', () => dropped.length > 1);
    expect(dropped[1]).toBe('a'.repeat(20_000));
    expect(server.metric(Metric.DroppedBufferFull)).toBe(2);
    await eventually('others have it', () => bystander.texts[0] === 'short');
    bystander.destroy();
  });

  it('is not called for messages that it loses itself', async () => {
    let calls = 0;
    await openStuck({
      dropped(one) {
        calls++;
        expect(one.send('again')).toBe(SendStatus.Dropped);
      },
    });
    fillQueue(conn);
    expect(calls).toBe(1);
    expect(server.metric(Metric.DroppedBufferFull)).toBe(2);
    expect(server.faults).toEqual([]);
  });

  it('that throws costs its connection', async () => {
    const closes: number[] = [];
    await openStuck({
      dropped() {
        throw new Error('boom');
      },
      close: (_, code) => void closes.push(code),
    });
    const statuses = fillQueue(conn);
    expect(statuses.at(-1)).toBe(SendStatus.Dropped);
    expect(closes).toEqual([1011]);
    expect(server.faults[0]!.error.message).toContain('the dropped hook');
  });
});

describe('the policy close', () => {
  it('cuts at the first lost message, before send returns, and sends nothing newer', async () => {
    const events: unknown[] = [];
    await openStuck(
      {
        dropped(one, message) {
          events.push(['dropped', message.byteLength, one.state, one.send('in the hook')]);
        },
        close: (one, code) => void events.push(['close', code, one.state]),
      },
      'close',
    );
    const statuses = fillQueue(conn);
    expect(statuses.at(-1)).toBe(SendStatus.Dropped);
    expect(events).toEqual([
      ['dropped', 16_384, ConnState.Closing, SendStatus.Closed],
      ['close', 1006, ConnState.Closed],
    ]);
    expect(conn.send('later')).toBe(SendStatus.Closed);
    client.socket.resume();
    await client.ended();
    expect(client.frames.every(({ payload }) => payload.length === 16_384)).toBe(true);
    expect(client.frames.length).toBeLessThan(statuses.length);
    expect(server.booked).toEqual([]);
    expect(server.metric(Metric.DroppedBufferFull)).toBe(1);
  });

  it.each([20, 20_000])(
    'cuts for a published message of %i bytes as the turn ends, and publishes nothing newer',
    async (length) => {
      const events: unknown[] = [];
      await openStuck(
        {
          dropped: (one, message) => void events.push(['dropped', message.byteLength, one.state]),
          close: (_, code) => void events.push(['close', code]),
        },
        'close',
      );
      conn.subscribe('t');
      await stuffQueue(conn, MAX);
      server.transport.publish('t', Buffer.alloc(length));
      await eventually('the cut', () => events.length > 1);
      expect(events).toEqual([
        ['dropped', length, ConnState.Closing],
        ['close', 1006],
      ]);
      expect(server.transport.publish('t', 'newer')).toEqual({ reactors: 0, lanesFull: 0 });
      client.socket.resume();
      await client.ended();
      expect(client.texts.filter((text) => text === 'newer')).toEqual([]);
    },
  );

  it('cuts before the next publish, also in the same turn', async () => {
    await openStuck({}, 'close');
    conn.subscribe('t');
    await stuffQueue(conn, MAX);
    // A long message is not gathered with others, so its loss is known when publish returns.
    server.transport.publish('t', Buffer.alloc(20_000));
    expect(conn.state).toBe(ConnState.Closing);
    expect(server.transport.publish('t', 'newer')).toEqual({ reactors: 0, lanesFull: 0 });
    expect(conn.state).toBe(ConnState.Closed);
  });

  it('accepts that the peer has gone in the meantime', async () => {
    const closes: number[] = [];
    await openStuck({ close: (_, code) => void closes.push(code) }, 'close');
    conn.subscribe('t');
    await stuffQueue(conn, MAX);
    server.transport.publish('t', Buffer.alloc(20_000));
    client.socket.resetAndDestroy();
    await eventually('the end', () => closes.length > 0);
    await turn();
    expect(closes).toEqual([1006]);
    expect(server.booked).toEqual([]);
  });

  it('does not cut for a pong that is lost', async () => {
    const pings: number[] = [];
    await openStuck({ ping: (_, payload) => void pings.push(payload.length) }, 'close');
    await stuffQueue(conn, MAX);
    client.write(frame(Op.Ping, 'p'));
    await eventually('the ping', () => pings.length > 0);
    await turn();
    expect(conn.state).toBe(ConnState.Open);
  });
});
