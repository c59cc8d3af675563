// Tests of the memory budget: who loses when it is full, and what still works meanwhile.
import {
  closedMetric,
  type ConnectionHandlers,
  DEFAULT_LIMITS,
  type Limits,
  Metric,
  type SendStatus,
  type WebSocketConn,
} from '@hioload/api';
import { FakeBytePool, FakeMetrics } from '@hioload/fake';
import {
  frame,
  FrameReader,
  head,
  Op,
  showBytes,
  type Shown,
  showFrames,
} from '@hioload/test-support/wire';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { MemoryBudget } from '../../src/net/budget/memory-budget.js';
import { OwnNetConn } from './own-net-conn.js';
import { open, type Stage } from './stage.js';

const MIB = 2 ** 20;
/** The block of one unfinished message; 16 of them fill the budget of these tests. */
const BLOCK = MIB / 16;
const CROWD = '198.51.100.1';
const OTHER = '203.0.113.5';

interface Room extends Stage {
  readonly metrics: FakeMetrics;
  readonly closes: number[];
  /** Opens a connection of an address. */
  join(address: string): OwnNetConn;
}

async function enter(
  limits: Partial<Limits> = {},
  handlers: ConnectionHandlers = {},
): Promise<Room> {
  const metrics = new FakeMetrics();
  const closes: number[] = [];
  const stage = await open(
    {
      message: (conn, message) => void conn.send(message),
      close: (_conn, code) => void closes.push(code),
      ...handlers,
    },
    { metrics, limits: { maxHeldBytes: MIB, maxHeldBytesPerAddress: 0, ...limits } },
  );
  const join = (address: string): OwnNetConn => {
    const net = new OwnNetConn(address);
    stage.transport.accept(net);
    net.open();
    net.writes.length = 0;
    return net;
  };
  return { ...stage, metrics, closes, join };
}

/** A frame of which a little more than half comes, so that it takes a whole block. */
const UNFINISHED = frame(Op.Binary, Buffer.alloc(BLOCK)).subarray(0, BLOCK / 2 + 1_000);

/** The frames that were written to a peer: text, pongs and the close code. */
function shownOf(net: OwnNetConn): Shown {
  const reader = new FrameReader();
  reader.push(Buffer.concat(net.writes));
  return showFrames(reader.frames);
}

it('keeps serving small peers while unfinished messages fill the budget', async () => {
  const { join, metrics, closes } = await enter();
  const bystander = join(OTHER);
  const crowd = Array.from({ length: 40 }, () => join(CROWD));
  for (const net of crowd) net.arrive(UNFINISHED);
  bystander.arrive(frame(Op.Text, 'here'), frame(Op.Ping, 'ping'));
  const late = join(OTHER);
  late.arrive(frame(Op.Text, 'late'));
  expect(shownOf(bystander).data).toEqual([showBytes('text', Buffer.from('here'))]);
  expect(shownOf(bystander).pongs).toHaveLength(1);
  expect(shownOf(late).data).toHaveLength(1);
  await turn();
  expect(closes.length).toBeGreaterThan(20);
  expect(new Set(closes)).toEqual(new Set([1013]));
  expect(metrics.read(Metric.ConnectionsShed)).toBe(closes.length);
  expect(metrics.read(closedMetric(1013))).toBe(closes.length);
  // The oldest of the connections that hold the same loses first.
  expect(shownOf(crowd[0]!).closeCode).toBe(1013);
  expect(shownOf(crowd.at(-1)!).closeCode).toBe(0);
  expect(bystander.calls).toEqual([]);
});

it('lets the address lose that holds most, not the one large connection', async () => {
  const { join, closes } = await enter();
  const big = join(OTHER);
  big.arrive(frame(Op.Binary, Buffer.alloc(4 * BLOCK)).subarray(0, 3 * BLOCK));
  for (let i = 0; i < 40; i++) join(CROWD).arrive(UNFINISHED);
  await turn();
  expect(closes.length).toBeGreaterThan(20);
  expect(shownOf(big).closeCode).toBe(0);
  expect(big.calls).toEqual([]);
});

it('gives each address its share', async () => {
  const { join, closes, metrics } = await enter({ maxHeldBytesPerAddress: MIB / 2 });
  const crowd = Array.from({ length: 10 }, () => join(CROWD));
  for (const net of crowd) net.arrive(UNFINISHED);
  const others = ['203.0.113.6', '203.0.113.7', OTHER].map((address) => join(address));
  for (const net of others) net.arrive(UNFINISHED);
  await turn();
  expect(crowd.map((net) => shownOf(net).closeCode)).toEqual([1013, 1013, ...Array(8).fill(0)]);
  expect(others.map((net) => shownOf(net).closeCode)).toEqual([0, 0, 0]);
  expect(closes).toEqual([1013, 1013]);
  expect(metrics.read(Metric.ConnectionsShed)).toBe(2);
});

it('gives the addresses of one IPv6 prefix one share', async () => {
  const { join, closes } = await enter({ maxHeldBytesPerAddress: MIB / 2 });
  const crowd = Array.from({ length: 10 }, (_, i) => join(`2001:db8:1:2::${i + 1}`));
  for (const net of crowd) net.arrive(UNFINISHED);
  join('2001:db8:1:3::1').arrive(UNFINISHED);
  await turn();
  expect(crowd.map((net) => shownOf(net).closeCode)).toEqual([1013, 1013, ...Array(8).fill(0)]);
  expect(closes).toEqual([1013, 1013]);
});

it('counts each IPv6 address by itself with 128 bits', async () => {
  const { join, closes } = await enter({ maxHeldBytesPerAddress: MIB / 2, ipv6PrefixBits: 128 });
  for (let i = 1; i <= 10; i++) join(`2001:db8:1:2::${i}`).arrive(UNFINISHED);
  await turn();
  expect(closes).toEqual([]);
});

it('takes a compression context from the IPv6 prefix that holds most of them', async () => {
  const texts: string[] = [];
  const { transport } = await open(
    { message: (_conn, message) => void texts.push(message.text()) },
    // Room for one pair of contexts, and for four messages in fragments.
    { compression: { maxContextBytes: 311_296 + 4 * 43_008 } },
  );
  const begin = (address: string): OwnNetConn => {
    const net = new OwnNetConn(address);
    transport.accept(net);
    net.arrive(head({ fields: { 'Sec-WebSocket-Extensions': 'permessage-deflate' } }));
    net.writes.length = 0;
    net.arrive(frame(Op.Text, Buffer.from('f248cd', 'hex'), { fin: false, rsv: 4 }));
    return net;
  };
  const honest = begin('2001:db8:1:3::1');
  const hostile = Array.from({ length: 20 }, (_, i) => begin(`2001:db8:1:2::${i + 1}`));
  const rest = frame(Op.Continuation, Buffer.from('c9c90700', 'hex'));
  for (const net of [honest, ...hostile]) net.arrive(rest);
  await turn();
  expect(texts).toEqual(Array(4).fill('Hello'));
  expect(honest.calls).toEqual([]);
  expect(hostile.map((net) => shownOf(net).closeCode)).toEqual([
    ...Array(17).fill(1013),
    ...Array(3).fill(0),
  ]);
});

it('cuts a peer that does not read, because its close frame would wait', async () => {
  const sent: SendStatus[] = [];
  const { join, closes, metrics } = await enter(
    { maxBufferedBytes: 8 * MIB },
    { message: (conn) => void sent.push(conn.send(Buffer.alloc(400_000))) },
  );
  const slow = Array.from({ length: 4 }, () => join(CROWD));
  for (const net of slow) {
    net.isTaking = false;
    net.arrive(frame(Op.Text, 'x'));
    net.arrive(frame(Op.Text, 'y'));
  }
  await turn();
  expect(closes.length).toBeGreaterThan(0);
  expect(new Set(closes)).toEqual(new Set([1013]));
  expect(slow[0]!.calls).toContain('abort');
  expect(metrics.read(Metric.ConnectionsShed)).toBe(closes.length);
  const bystander = join(OTHER);
  bystander.arrive(frame(Op.Ping, 'ping'));
  expect(shownOf(bystander).pongs).toHaveLength(1);
});

it('takes nothing more from a connection that lost its memory', async () => {
  const { join, closes } = await enter();
  const crowd = Array.from({ length: 40 }, () => join(CROWD));
  for (const net of crowd) net.arrive(UNFINISHED);
  // The rest of a message whose beginning is gone is no frame.
  crowd[0]!.arrive(Buffer.alloc(BLOCK));
  await turn();
  crowd[0]!.arrive(Buffer.alloc(BLOCK));
  expect(new Set(closes)).toEqual(new Set([1013]));
});

it('gives all memory back, and shows the held memory', async () => {
  const { join, metrics, clock, pool } = await enter();
  const idleBytes = pool.outstandingBytes;
  const crowd = Array.from({ length: 10 }, () => join(CROWD));
  for (const net of crowd) net.arrive(UNFINISHED);
  clock.advance(250);
  expect(metrics.read(Metric.HeldBytes)).toBe(10 * BLOCK);
  for (const net of crowd) net.end();
  clock.advance(250);
  expect(metrics.read(Metric.HeldBytes)).toBe(0);
  expect(pool.outstandingBytes).toBe(idleBytes);
});

it('counts a request for which no connection can make room', async () => {
  const { join, metrics, closes } = await enter();
  const net = join(CROWD);
  net.arrive(frame(Op.Binary, Buffer.alloc(MIB)).subarray(0, 1_000_000));
  await turn();
  expect(shownOf(net).closeCode).toBe(1013);
  expect(closes).toEqual([1013]);
  expect(metrics.read(Metric.MemoryRefused)).toBe(1);
});

it('charges subscriptions, and gives them back', async () => {
  const conns: WebSocketConn[] = [];
  const { join, metrics, clock } = await enter({}, { open: (conn) => void conns.push(conn) });
  const nets = [join(CROWD), join(OTHER)];
  const [, crowd, other] = conns as [WebSocketConn, WebSocketConn, WebSocketConn];
  const held = (): number => {
    clock.advance(250);
    return metrics.read(Metric.HeldBytes);
  };
  for (let i = 0; i < 100; i++) crowd.subscribe(`topic ${i}`);
  crowd.subscribe('topic 0');
  const full = held();
  expect(full).toBeGreaterThan(100 * 'topic 0'.length);
  for (let i = 0; i < 50; i++) crowd.unsubscribe(`topic ${i}`);
  crowd.unsubscribe('topic 0');
  expect(held()).toBeGreaterThan(full / 3);
  expect(held()).toBeLessThan((full * 2) / 3);
  other.subscribe('news');
  crowd.terminate();
  nets[1]!.end();
  expect(held()).toBe(0);
});

it('closes the connections with the most subscriptions first', async () => {
  const conns: WebSocketConn[] = [];
  const { join, closes, metrics, clock } = await enter(
    { maxSubscriptions: 0 },
    { open: (conn) => void conns.push(conn) },
  );
  const nets = [join(CROWD), join(OTHER)];
  const [, crowd, other] = conns as [WebSocketConn, WebSocketConn, WebSocketConn];
  const fill = (conn: WebSocketConn, topics: number): void => {
    for (let i = 0; i < topics; i++) conn.subscribe(`topic ${i}`);
  };
  fill(crowd, 5_000);
  fill(other, 4_000);
  await turn();
  expect(nets.map((net) => shownOf(net).closeCode)).toEqual([1013, 0]);
  expect(closes).toEqual([1013]);
  expect(other.isSubscribed('topic 3999')).toBe(true);
  // There is nobody else left to lose: the subscription is refused.
  fill(other, 20_000);
  expect([other.subscribe('one more'), other.isSubscribed('one more')]).toEqual([false, false]);
  other.terminate();
  clock.advance(250);
  expect(metrics.read(Metric.HeldBytes)).toBe(0);
});

it('holds no block in a lease that waits to be lent again', () => {
  const pool = new FakeBytePool();
  const limits = { ...DEFAULT_LIMITS, maxHeldBytes: MIB };
  const budget = new MemoryBudget({ pool, limits, metrics: new FakeMetrics() });
  const lease = budget.acquire(BLOCK)!;
  expect(lease.bytes.length).toBeGreaterThanOrEqual(BLOCK);
  lease.release();
  expect(lease.bytes).toHaveLength(0);
  expect(budget.heldBytes).toBe(0);
  // The same object is lent again, with a block of its own.
  const next = budget.acquire(16)!;
  expect(next).toBe(lease);
  expect(next.bytes.length).toBeGreaterThanOrEqual(16);
  next.release();
});
