// Tests of the limits of a transport.
import { closedMetric, Metric, type WebSocketConn } from '@hioload/api';
import { eventually } from '@hioload/test-support/waiting';
import { frame, Op, RawClient } from '@hioload/test-support/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { serve, type TestServer } from './support/server.js';

let server: TestServer;

afterEach(() => server.transport.close());

describe('maxMessagesPerSecond', () => {
  it('ends a connection that sends more, with 1008, and no other', async () => {
    const closes: unknown[] = [];
    server = await serve(
      {
        message: (conn, message) => conn.send(message),
        close: (_, code, reason) => void closes.push([code, reason]),
      },
      { limits: { maxMessagesPerSecond: 20 } },
    );
    const patient = await RawClient.open(server.port);
    const client = await RawClient.open(server.port);
    client.write(Buffer.concat(Array.from({ length: 500 }, (_, i) => frame(Op.Text, String(i)))));
    await client.ended();
    const echoes = client.texts.length;
    expect(echoes).toBeGreaterThanOrEqual(20);
    expect(echoes).toBeLessThan(100);
    expect(client.frames.at(-1)!.payload.readUInt16BE()).toBe(1008);
    expect(closes).toEqual([[1008, 'too many messages']]);
    expect(server.metric(Metric.MessagesIn)).toBe(echoes);
    expect(server.metric(closedMetric(1008))).toBe(1);
    patient.write(frame(Op.Text, 'me too'));
    await eventually('the other is served', () => patient.texts[0] === 'me too');
    patient.destroy();
  });

  it('is off at 0', async () => {
    server = await serve(
      { message: (conn, message) => conn.send(message) },
      { limits: { maxMessagesPerSecond: 0 } },
    );
    const client = await RawClient.open(server.port);
    client.write(Buffer.concat(Array.from({ length: 60_000 }, () => frame(Op.Text, ''))));
    await eventually('all echoes', () => server.metric(Metric.MessagesOut) === 60_000);
    client.destroy();
  });
});

describe('maxSubscriptions and maxTopicBytes', () => {
  it('bound what a connection subscribes to', async () => {
    let conn!: WebSocketConn;
    server = await serve(
      { open: (one) => void (conn = one) },
      { limits: { maxSubscriptions: 2, maxTopicBytes: 4 } },
    );
    const client = await RawClient.open(server.port);
    expect([conn.subscribe('a'), conn.subscribe('b'), conn.subscribe('c')]).toEqual([
      true,
      true,
      false,
    ]);
    expect([conn.subscribe('a'), conn.isSubscribed('c')]).toEqual([true, false]);
    expect([conn.unsubscribe('a'), conn.unsubscribe('a'), conn.subscribe('c')]).toEqual([
      true,
      false,
      true,
    ]);
    expect(conn.subscribe('äé')).toBe(false);
    for (const topic of ['', 'abcde', 'äéx', 7 as never, undefined as never]) {
      for (const call of ['subscribe', 'unsubscribe', 'isSubscribed'] as const) {
        expect(() => conn[call](topic)).toThrow(
          expect.objectContaining({ code: 'HIOLOAD_TOPIC_INVALID' }),
        );
      }
      expect(() => conn.publish(topic, 'x')).toThrow(
        expect.objectContaining({ code: 'HIOLOAD_TOPIC_INVALID' }),
      );
      expect(() => server.transport.publish(topic, 'x')).toThrow(
        expect.objectContaining({ code: 'HIOLOAD_TOPIC_INVALID' }),
      );
    }
    client.destroy();
  });
});

it('maxPayloadBytes lets a message of exactly that size through, in any frames', async () => {
  server = await serve(
    { message: (conn, message) => conn.send(message) },
    { limits: { maxPayloadBytes: 1_000 } },
  );
  const client = await RawClient.open(server.port);
  client.write(frame(Op.Binary, Buffer.alloc(1_000)));
  client.write(frame(Op.Binary, Buffer.alloc(500), { fin: false }));
  client.write(frame(Op.Continuation, Buffer.alloc(500)));
  await eventually('two echoes', () => client.frames.length === 2);
  client.write(frame(Op.Binary, Buffer.alloc(1_001)));
  await client.ended();
  expect(client.frames).toHaveLength(2);
});
