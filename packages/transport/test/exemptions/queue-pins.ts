// What uWebSockets.js loses behind a full queue, for the test of exemptions.
import { ConnState, type Limits, Metric } from '@hioload/api';
import { eventually } from '@hioload/test-support/waiting';
import { frame, Op } from '@hioload/test-support/wire';
import { setTimeout as delay } from 'node:timers/promises';
import { expect } from 'vitest';
import { stuffQueue } from '../support/fill.js';
import { openPair, type Pins } from './stage.js';

const SMALL = { maxBufferedBytes: 65_536 } satisfies Partial<Limits>;

/** What is lost behind a full queue. */
export const QUEUE_PINS: Pins = {
  'pong-lost-when-full': async () => {
    let pings = 0;
    const { client, conn } = await openPair({ limits: SMALL, handlers: { ping: () => ++pings } });
    client.socket.pause();
    await stuffQueue(conn, SMALL.maxBufferedBytes);
    client.write(frame(Op.Ping, 'lost'));
    await eventually('the ping is handled', () => pings === 1);
    client.socket.resume();
    await eventually('the queue is empty', () => conn.bufferedBytes === 0);
    client.write(frame(Op.Ping, 'answered'));
    await eventually('a pong', () => client.frames.some(({ opcode }) => opcode === Op.Pong));
    expect(
      client.frames
        .filter(({ opcode }) => opcode === Op.Pong)
        .map(({ payload }) => String(payload)),
    ).toEqual(['answered']);
  },

  'close-frame-lost-when-full': async () => {
    const { client, conn, closes } = await openPair({ limits: SMALL });
    client.socket.pause();
    await stuffQueue(conn, SMALL.maxBufferedBytes);
    conn.end(1000, 'nobody will read this');
    expect(closes).toEqual([1000]);
    client.socket.resume();
    await client.ended();
    expect(client.frames.some(({ opcode }) => opcode === Op.Close)).toBe(false);
  },

  'terminate-answers-on': async () => {
    const { client, closes } = await openPair({
      handlers: {
        message: (conn) => {
          conn.send('sent before');
          conn.terminate();
        },
      },
    });
    client.write(Buffer.concat([frame(Op.Text, 'go'), frame(Op.Ping, 'late')]));
    await client.ended();
    expect(client.texts).toEqual(['sent before']);
    expect(client.frames.some(({ opcode }) => opcode === Op.Pong)).toBe(true);
    expect(closes).toEqual([1006]);
  },

  'half-closed-peer-cut': async () => {
    const { client, conn, closes } = await openPair({
      handlers: {},
      limits: SMALL,
      allowHalfOpen: true,
    });
    client.socket.pause();
    await stuffQueue(conn, SMALL.maxBufferedBytes);
    const { bufferedBytes } = conn;
    client.socket.end();
    await eventually('the cut', () => closes.length > 0);
    expect([bufferedBytes > SMALL.maxBufferedBytes, closes]).toEqual([true, [1006]]);
    expect(conn.bufferedBytes).toBe(0);
  },

  'published-losses-undercounted': async () => {
    const { server, client, conn } = await openPair({ limits: SMALL });
    conn.subscribe('t');
    client.socket.pause();
    await stuffQueue(conn, SMALL.maxBufferedBytes);
    for (const text of ['a', 'b', 'c']) server.transport.publish('t', text);
    await eventually('a loss', () => server.metric(Metric.DroppedBufferFull) > 0);
    await delay(20);
    expect(server.metric(Metric.DroppedBufferFull)).toBe(1);
    client.socket.resume();
    await eventually('the queue is empty', () => conn.bufferedBytes === 0);
    expect(client.texts.filter((text) => text.length === 1)).toEqual([]);
  },

  'published-loss-cuts-later': async () => {
    const { server, client, conn, closes } = await openPair({
      limits: SMALL,
      whenBufferFull: 'close',
    });
    conn.subscribe('t');
    client.socket.pause();
    await stuffQueue(conn, SMALL.maxBufferedBytes);
    server.transport.publish('t', 'lost');
    expect(conn.state).toBe(ConnState.Open);
    await eventually('the cut', () => closes.length > 0);
    expect(closes).toEqual([1006]);
  },
};
