// A storm of random operations on network connections.
import { type ConnectionHandlers, DEFAULT_LIMITS, type WebSocketConn } from '@hioload/api';
import { FakeAdmission, FakeBytePool, FakeClock, FakeMetrics } from '@hioload/fake';
import { createThreadPools } from '@hioload/pool';
import { createNetTransport } from '@hioload/transport/net';
import { Prng } from '@hioload/test-support/random';
import { frame, head, Op } from '@hioload/test-support/wire';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { LazyNetConn } from './lazy-net-conn.js';

const STEPS = 6_000;
const GOOD = [
  frame(Op.Text, 'text'),
  frame(Op.Binary, Buffer.alloc(3_000)),
  frame(Op.Ping, 'ping'),
  frame(Op.Pong, 'pong'),
  Buffer.concat([
    frame(Op.Text, 'begin', { fin: false }),
    frame(Op.Ping, 'p'),
    frame(Op.Continuation, 'end'),
  ]),
];
/** What ends a connection. */
const LAST = [
  frame(Op.Close, Buffer.of(3, 232)),
  frame(Op.Text, 'x', { rsv: 1 }),
  frame(Op.Continuation, 'of nothing'),
];

it.each([
  [1, 'drop'],
  [2, 'close'],
  [3, 'drop'],
  [4, 'close'],
] as const)(
  'keeps the order of hooks, whatever the hooks do, seed %i, %s',
  { timeout: 60_000 },
  async (seed, whenBufferFull) => {
    const random = new Prng(seed);
    const clock = new FakeClock();
    const pool = new FakeBytePool();
    const admission = new FakeAdmission();
    const alive = new Set<WebSocketConn>();
    const wrong: string[] = [];
    let opened = 0;
    let closed = 0;
    const act = (depth: number): void => {
      const conn = random.pick([...alive]);
      switch (alive.size === 0 ? 99 : random.below(40)) {
        case 0:
          return conn.terminate();
        case 1:
          return conn.end(4000, 'storm');
        case 2:
          return void conn.subscribe('all');
        case 3:
          return void conn.unsubscribe('all');
        case 4:
        case 8:
        case 9:
          return void conn.publish('all', Buffer.alloc(random.below(20_000)));
        case 5:
          return void conn.ping('p');
        case 6:
          return depth > 2 ? undefined : conn.cork(() => act(depth + 1));
        case 7:
          throw new Error('storm');
        default:
          return void conn?.send(Buffer.alloc(random.below(3_000)));
      }
    };
    const hook =
      (name: string) =>
      (conn: WebSocketConn): void => {
        if (!alive.has(conn)) wrong.push(`${name} of ${conn.id}, which is not open`);
        for (let i = random.below(3); i > 0; i--) act(0);
      };
    const handlers: ConnectionHandlers = {
      upgrade() {
        act(0);
        return random.oneIn(4) ? turn({ status: 101, data: 0 } as const) : { status: 101, data: 0 };
      },
      open(conn) {
        opened += 1;
        alive.add(conn);
        conn.subscribe('all');
        hook('open')(conn);
      },
      message: hook('message'),
      ping: hook('ping'),
      pong: hook('pong'),
      drain: hook('drain'),
      dropped: hook('dropped'),
      close(conn) {
        closed += 1;
        if (!alive.delete(conn)) wrong.push(`a second close of ${conn.id}`);
        act(0);
      },
    };
    const transport = await createNetTransport({
      handlers,
      path: '/',
      protocols: [],
      allowedOrigins: [],
      limits: { ...DEFAULT_LIMITS, maxBufferedBytes: 8_192 },
      whenBufferFull,
      admission,
      metrics: new FakeMetrics(),
      pools: createThreadPools(),
      firstConnId: 1,
      onFault: () => undefined,
      clock,
      pool,
      sockets: 'plain',
    });
    const nets: LazyNetConn[] = [];
    for (let step = 0; step < STEPS; step++) {
      if (nets.length < 20 || random.oneIn(20)) {
        const net = new LazyNetConn();
        nets.push(net);
        transport.accept(net);
        const request = Buffer.from(head());
        net.arrive(request, 0, request.length);
      }
      const net = random.pick(nets);
      const pace = random.below(8);
      if (pace === 0) net.drain();
      else if (pace < 5) net.isSlow = true;
      if (random.oneIn(100)) net.cut();
      const chunk = Buffer.concat(
        Array.from({ length: 1 + random.below(4) }, () =>
          random.pick(random.oneIn(60) ? LAST : GOOD),
        ),
      );
      net.arrive(chunk, 0, chunk.length);
      if (random.oneIn(20)) await turn();
      if (random.oneIn(50)) clock.advance(1_000);
      if (nets.length > 60) for (const old of nets.splice(0, 30)) old.cut();
    }
    transport.close();
    for (const net of nets) net.drain();
    await turn();
    expect(wrong).toEqual([]);
    expect([opened - closed, transport.connectionCount, admission.booked, clock.pending]).toEqual([
      0, 0, 0, 0,
    ]);
    expect(opened).toBeGreaterThan(50);
  },
);
