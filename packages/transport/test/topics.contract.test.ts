// Tests of topics on one transport.
import { Metric, type WebSocketConn } from '@hioload/api';
import { eventually } from '@hioload/test-support/waiting';
import { Op, RawClient } from '@hioload/test-support/wire';
import { setImmediate as turn } from 'node:timers/promises';
import { afterEach, describe, expect, it } from 'vitest';
import { serve, type TestServer } from './support/server.js';

let server: TestServer;
let conns: WebSocketConn[];
let clients: RawClient[];

/** Opens connections; both ends have the same index. */
async function open(count: number): Promise<void> {
  conns = [];
  clients = [];
  server = await serve({ open: (conn) => void conns.push(conn) });
  for (let i = 0; i < count; i++) clients.push(await RawClient.open(server.port));
}

afterEach(() => {
  for (const client of clients) client.destroy();
  server.transport.close();
});

describe('publish', () => {
  it('of the transport reaches all subscribers, and says whether there is one', async () => {
    await open(3);
    conns[0]!.subscribe('news');
    conns[1]!.subscribe('news');
    expect(server.transport.publish('news', 'hello')).toEqual({ reactors: 1, lanesFull: 0 });
    expect(server.transport.publish('olds', 'hello')).toEqual({ reactors: 0, lanesFull: 0 });
    await eventually(
      'both have it',
      () => clients[0]!.texts.length + clients[1]!.texts.length === 2,
    );
    expect(clients.map(({ texts }) => texts)).toEqual([['hello'], ['hello'], []]);
    expect(server.metric(Metric.MessagesOut)).toBe(2);
    expect(server.metric(Metric.MessageBytesOut)).toBe(10);
  });

  it.each([
    ['a subscriber', true],
    ['a stranger to the topic', false],
  ])('of a connection, %s, reaches the others only', async (_, subscribes) => {
    await open(3);
    if (subscribes) conns[0]!.subscribe('t');
    conns[1]!.subscribe('t');
    conns[2]!.subscribe('t');
    expect(conns[0]!.publish('t', new Uint8Array([1, 2]))).toEqual({ reactors: 1, lanesFull: 0 });
    await eventually(
      'both have it',
      () => clients[1]!.frames.length + clients[2]!.frames.length === 2,
    );
    await turn();
    expect(clients[0]!.frames).toEqual([]);
    expect(clients[1]!.frames[0]!.opcode).toBe(Op.Binary);
    expect(server.metric(Metric.MessagesOut)).toBe(2);
  });

  it('to oneself alone reaches nobody', async () => {
    await open(1);
    conns[0]!.subscribe('t');
    expect(conns[0]!.publish('t', 'x')).toEqual({ reactors: 0, lanesFull: 0 });
    expect(server.metric(Metric.MessagesOut)).toBe(0);
  });

  it('takes shared memory, also as views, and long messages', async () => {
    await open(1);
    conns[0]!.subscribe('t');
    const shared = new SharedArrayBuffer(40_000);
    new Uint8Array(shared).fill(7);
    server.transport.publish('t', shared);
    server.transport.publish('t', new Uint8Array(shared, 3, 5), { binary: false });
    // The bytes are the caller's again at once.
    new Uint8Array(shared).fill(0);
    await eventually('both messages', () => clients[0]!.frames.length === 2);
    const [long, short] = clients[0]!.frames;
    expect([long!.opcode, short!.opcode]).toEqual([Op.Binary, Op.Text]);
    expect(long!.payload.equals(Buffer.alloc(40_000, 7))).toBe(true);
    expect(short!.payload).toEqual(Buffer.alloc(5, 7));
  });

  it('keeps the order of what is published and sent', async () => {
    await open(1);
    conns[0]!.subscribe('t');
    const expected: string[] = [];
    for (let i = 0; i < 200; i++) {
      expected.push(String(i));
      if (i % 3 === 0) conns[0]!.send(String(i));
      else server.transport.publish('t', String(i));
    }
    await eventually('all messages', () => clients[0]!.texts.length === 200);
    expect(clients[0]!.texts).toEqual(expected);
  });

  it('reaches those who subscribed until then, and nobody who left', async () => {
    await open(2);
    conns[0]!.subscribe('t');
    conns[1]!.subscribe('t');
    server.transport.publish('t', 'first');
    expect(conns[1]!.unsubscribe('t')).toBe(true);
    server.transport.publish('t', 'second');
    conns[0]!.end();
    expect(server.transport.publish('t', 'third')).toEqual({ reactors: 0, lanesFull: 0 });
    await clients[0]!.ended();
    expect(clients[0]!.texts).toEqual(['first', 'second']);
    await eventually('the first', () => clients[1]!.texts.length === 1);
    expect(clients[1]!.texts).toEqual(['first']);
  });
});

it('names are compared byte by byte: there are no patterns', async () => {
  await open(1);
  const [conn] = conns;
  for (const topic of ['a/b', '#', '+', 'a/+', 'A/B', 'a\0b']) {
    expect(conn!.subscribe(topic)).toBe(true);
    expect(conn!.isSubscribed(topic)).toBe(true);
  }
  expect(server.transport.publish('a/c', 'x').reactors).toBe(0);
  expect(server.transport.publish('a', 'x').reactors).toBe(0);
  expect(server.transport.publish('a\0b', 'x').reactors).toBe(1);
});
