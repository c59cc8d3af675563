// Tests of the writes of the net transport: how many, and when.
import {
  type BytePool,
  type ConnectionHandlers,
  DEFAULT_LIMITS,
  type Lease,
  SendStatus,
} from '@hioload/api';
import { FakeBytePool } from '@hioload/fake';
import { frame, Op } from '@hioload/test-support/wire';
import { setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { frames, OwnNetConn } from './own-net-conn.js';
import { open } from './stage.js';

const echo: ConnectionHandlers = { message: (conn, message) => conn.send(message) };
const text = (payload: string): Buffer =>
  Buffer.concat([Buffer.of(0x81, payload.length), Buffer.from(payload)]);

/** Takes all blocks of a pool, down to the last small one. */
function acquireAll(pool: BytePool): Lease[] {
  const leases: Lease[] = [];
  for (const bytes of [4_096, 16]) {
    for (let lease = pool.acquire(bytes); lease !== null; lease = pool.acquire(bytes))
      leases.push(lease);
  }
  return leases;
}

describe('one write per connection and turn', () => {
  it('answers the handshake and greets in one write', async () => {
    const { net } = await open({ open: (conn) => conn.send('welcome') });
    expect(net.writes).toHaveLength(1);
    const [head, greeting] = net.writes[0]!.toString('latin1').split('\r\n\r\n');
    expect(head).toMatch(/^HTTP\/1\.1 101 /);
    expect(Buffer.from(greeting!, 'latin1')).toEqual(text('welcome'));
  });

  it('answers all frames of a read in one write, also those behind the handshake', async () => {
    const { transport, net } = await open(echo);
    net.writes.length = 0;
    net.arrive(frames(Op.Text, ['a', 'b', 'c']), frame(Op.Ping, 'p'));
    expect(net.writes).toEqual([
      Buffer.concat([text('a'), text('b'), text('c'), Buffer.of(0x8a, 1), Buffer.from('p')]),
    ]);
    const second = new OwnNetConn();
    transport.accept(second);
    second.open(frame(Op.Text, 'early'));
    expect(second.writes).toHaveLength(1);
    expect(second.writes[0]!.subarray(-7)).toEqual(text('early'));
  });

  it('gathers sent and published messages of a connection until the end of the turn', async () => {
    const { transport, net, conn } = await open();
    net.writes.length = 0;
    conn.subscribe('news');
    expect(conn.send('one')).toBe(SendStatus.Sent);
    transport.publish('news', 'two');
    conn.cork(() => undefined);
    conn.ping('3');
    expect(net.writes).toHaveLength(1);
    await turn();
    expect(Buffer.concat(net.writes)).toEqual(
      Buffer.concat([text('one'), text('two'), Buffer.of(0x89, 1), Buffer.from('3')]),
    );
  });

  it('does not gather more than 64 KiB', async () => {
    const { net, conn } = await open();
    net.writes.length = 0;
    for (let i = 0; i < 5; i++) conn.send(Buffer.alloc(32_768));
    expect(net.writes.map(({ length }) => length)).toEqual([65_544, 65_544]);
  });

  it('writes a long published message from its place, encoded once', async () => {
    const { transport, net, conn, pool } = await open();
    const second = new OwnNetConn();
    transport.accept(second);
    second.open();
    transport.forEachConnection((one) => one.subscribe('news'));
    const before = pool.outstanding;
    for (const one of [net, second]) one.writes.length = 0;
    transport.publish('news', Buffer.alloc(100_000, 7));
    expect([net.writes[0]!.length, second.writes[0]!.length]).toEqual([100_010, 100_010]);
    expect(pool.outstanding).toBe(before);
    expect(conn.bufferedBytes).toBe(0);
  });
});

describe('a peer that does not read', () => {
  it('gets all waiting messages in one write when the kernel takes it', async () => {
    const { net, conn } = await open();
    net.isTaking = false;
    net.writes.length = 0;
    expect(conn.send('first')).toBe(SendStatus.Sent);
    await turn();
    expect([conn.send('second'), conn.send('third')]).toEqual([
      SendStatus.Buffered,
      SendStatus.Buffered,
    ]);
    await turn();
    expect(net.writes).toEqual([text('first')]);
    expect(conn.bufferedBytes).toBe(7 + 8 + 7);
    net.drain();
    expect(net.writes).toEqual([text('first'), Buffer.concat([text('second'), text('third')])]);
    expect(conn.bufferedBytes).toBe(0);
  });

  it('gets only the pong to the last ping, before the waiting messages', async () => {
    const { net } = await open(echo);
    net.isTaking = false;
    net.arrive(frame(Op.Text, 'x'));
    net.writes.length = 0;
    net.arrive(frames(Op.Ping, ['1', '2', '3']));
    expect(net.writes).toEqual([]);
    net.drain();
    expect(net.writes).toEqual([Buffer.concat([Buffer.of(0x8a, 1), Buffer.from('3')])]);
  });

  it('gets the pong to the last ping later if memory is short', async () => {
    const pool = new FakeBytePool({ maxBytes: 131_072 });
    const { net, clock } = await open(echo, { pool });
    net.writes.length = 0;
    const hogs = acquireAll(pool);
    net.arrive(frames(Op.Ping, ['1', '2']));
    clock.advance(2_000);
    expect(net.writes).toEqual([]);
    for (const hog of hogs) hog.release();
    clock.advance(2_000);
    expect(net.writes).toEqual([Buffer.concat([Buffer.of(0x8a, 1), Buffer.from('2')])]);
  });

  it('gets no pong to an earlier ping after a later ping was answered', async () => {
    const pool = new FakeBytePool({ maxBytes: 131_072 });
    const { net, clock } = await open(echo, { pool });
    net.writes.length = 0;
    const hogs = acquireAll(pool);
    net.arrive(frame(Op.Ping, '1'));
    for (const hog of hogs) hog.release();
    net.arrive(frame(Op.Ping, '2'));
    clock.advance(2_000);
    expect(net.writes).toEqual([Buffer.concat([Buffer.of(0x8a, 1), Buffer.from('2')])]);
  });

  it('gets no pong behind a close frame that took the last memory', async () => {
    const pool = new FakeBytePool({ maxBytes: 131_072 });
    const { net, conn } = await open({}, { pool });
    net.isTaking = false;
    net.writes.length = 0;
    conn.send('first');
    await turn();
    // This leaves 4 to 131 bytes of a block of 4 KiB: room for the close frame but not for the
    // pong.
    const filling = Buffer.alloc(4_000);
    conn.send(filling);
    const hogs = acquireAll(pool);
    net.arrive(frame(Op.Ping, Buffer.alloc(125)));
    conn.end(1000);
    for (const hog of hogs) hog.release();
    net.drain();
    const written = Buffer.concat(net.writes);
    expect(written.subarray(-4)).toEqual(Buffer.of(0x88, 2, 1_000 >> 8, 1_000 & 0xff));
    expect(written.indexOf(filling)).toBeGreaterThan(0);
  });

  it('is not read while it floods, until it reads its answers', async () => {
    const { net } = await open(echo, { limits: { ...DEFAULT_LIMITS, maxBufferedBytes: 1_024 } });
    net.isTaking = false;
    const flood = frame(Op.Binary, Buffer.alloc(8_192));
    net.arrive(flood);
    net.arrive(flood);
    expect(net.calls).toEqual([]);
    for (let i = 0; i < 8; i++) net.arrive(flood);
    expect(net.calls).toEqual(['pause']);
    net.drain();
    expect(net.calls).toEqual(['pause', 'resume']);
  });

  it('gets no message after the decision to cut it for its full queue', async () => {
    const closes: number[] = [];
    const { net, conn, pool } = await open(
      { close: (_conn, code) => void closes.push(code) },
      { whenBufferFull: 'close', limits: { ...DEFAULT_LIMITS, maxBufferedBytes: 1_024 } },
    );
    net.isTaking = false;
    net.writes.length = 0;
    for (let i = 0; i < 4; i++) conn.cork(() => conn.send(Buffer.alloc(1_000)));
    expect(closes).toEqual([1006]);
    expect(net.writes).toHaveLength(1);
    expect(net.calls).toEqual(['abort']);
    net.drain();
    expect(net.writes).toHaveLength(1);
    expect(pool.outstanding).toBe(1);
  });
});

describe('a peer that sends before it is answered', () => {
  it('is handled after the decision of the hook, and read up to 64 KiB before', async () => {
    let decide: (() => void) | undefined;
    const lengths: number[] = [];
    const { transport } = await open({
      upgrade: () =>
        new Promise((resolve) => {
          decide = () => resolve({ status: 101, data: undefined });
        }),
      message: (_conn, message) => void lengths.push(message.byteLength),
    });
    const net = new OwnNetConn();
    transport.accept(net);
    net.open(frame(Op.Binary, Buffer.alloc(30_000)));
    net.arrive(frame(Op.Binary, Buffer.alloc(30_000)));
    expect(net.calls).toEqual([]);
    net.arrive(frame(Op.Binary, Buffer.alloc(30_000)));
    expect([net.calls, lengths]).toEqual([['pause'], []]);
    decide!();
    await turn();
    expect([net.calls, lengths]).toEqual([
      ['pause', 'resume'],
      [30_000, 30_000, 30_000],
    ]);
  });
});

describe('time', () => {
  it('pings after half the idle time, and cuts after all of it', async () => {
    const closes: number[] = [];
    const { net, clock } = await open(
      { close: (_conn, code) => void closes.push(code) },
      { limits: { ...DEFAULT_LIMITS, idleTimeoutSeconds: 8 } },
    );
    net.writes.length = 0;
    clock.advance(3_000);
    await turn();
    expect(net.writes).toEqual([]);
    clock.advance(2_000);
    await turn();
    expect(net.writes).toEqual([Buffer.of(0x89, 0)]);
    net.arrive(frame(Op.Pong, ''));
    clock.advance(7_000);
    await turn();
    expect([net.writes.length, closes]).toEqual([2, []]);
    clock.advance(2_000);
    expect([net.calls, closes]).toEqual([['abort'], [1006]]);
  });

  it('gives a handshake all its time, whenever it begins', async () => {
    const { transport, clock } = await open(
      {},
      { limits: { ...DEFAULT_LIMITS, handshakeTimeoutSeconds: 1 } },
    );
    // This is just before the clock of the sweep ticks.
    clock.advance(249);
    const slow = new OwnNetConn();
    transport.accept(slow);
    slow.arrive('GET / HTTP/1.1\r\n');
    clock.advance(999);
    expect([slow.writes, slow.calls]).toEqual([[], []]);
    clock.advance(251);
    expect(String(slow.writes[0])).toMatch(/^HTTP\/1.1 408 /);
  });

  it('waits a limited time for the close frame and for the end of the peer', async () => {
    const closes: number[] = [];
    const { net, conn, clock } = await open({ close: (_conn, code) => void closes.push(code) });
    conn.end(4000);
    await turn();
    expect([closes, net.calls]).toEqual([[], []]);
    net.arrive(frame(Op.Close, Buffer.of(0x0f, 0xa0)));
    expect([closes, net.calls]).toEqual([[4000], ['shutdown']]);
    clock.advance(6_000);
    expect(net.calls).toEqual(['shutdown', 'abort']);
  });

  it('cuts a peer that does not answer its close frame', async () => {
    const closes: number[] = [];
    const { net, conn, clock } = await open({ close: (_conn, code) => void closes.push(code) });
    conn.end(4000);
    clock.advance(7_000);
    expect([closes, net.calls]).toEqual([[4000], ['abort']]);
  });
});
