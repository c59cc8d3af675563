// Tests of the reactor of a worker: start, drain and stop.
import { type AppDefinition, ConnState, DEFAULT_LIMITS, ReactorState } from '@hioload/api';
import {
  FakeBus,
  FakeLogger,
  FakeMetrics,
  type FakePeer,
  FakeTransport,
  fakeTransportOptions,
} from '@hioload/fake';
import { describe, expect, it } from 'vitest';
import { ReactorContext } from '../../src/worker/app-context.js';
import { TransportReactor } from '../../src/worker/transport-reactor.js';

const goodbye = { code: 1001, reason: 'bye', spreadMs: 0, deadlineMs: 5_000 };

function makeReactor(app: AppDefinition = {}): {
  readonly reactor: TransportReactor;
  readonly transport: FakeTransport;
  readonly log: FakeLogger;
} {
  const log = new FakeLogger();
  const transport = new FakeTransport(fakeTransportOptions({ handlers: app }));
  const bus = new FakeBus().join({
    reactor: 3,
    limits: DEFAULT_LIMITS,
    metrics: new FakeMetrics(),
    log,
  });
  const context = new ReactorContext(3, 4, log, bus);
  const address = { host: '127.0.0.1', port: 0, shared: true };
  const reactor = new TransportReactor({ app, context, transport, address });
  return { reactor, transport, log };
}

describe('TransportReactor', () => {
  it('starts the application before it listens', async () => {
    let couldConnect: boolean | undefined;
    const { reactor, transport } = makeReactor({
      start: ({ reactor: index, reactors }) => {
        expect([index, reactors]).toEqual([3, 4]);
        couldConnect = transport.connect().state !== 'unreachable';
      },
    });
    expect(reactor.state).toBe(ReactorState.Starting);
    const port = await reactor.start();
    expect(port).toBeGreaterThan(0);
    expect(couldConnect).toBe(false);
    expect(reactor.state).toBe(ReactorState.Ready);
    expect(transport.connect().state).toBe('open');
  });

  it('fails with the error of the start hook, and listens nowhere', async () => {
    const { reactor, transport } = makeReactor({
      start: () => Promise.reject(new Error('no database')),
    });
    await expect(reactor.start()).rejects.toMatchObject({
      code: 'HIOLOAD_MODULE_FAILED',
      message: 'module: the start hook failed: no database',
    });
    expect(reactor.state).toBe(ReactorState.Failed);
    expect(transport.connect().state).toBe('unreachable');
  });

  it('starts once', async () => {
    const { reactor } = makeReactor();
    await reactor.start();
    await expect(reactor.start()).rejects.toMatchObject({ code: 'HIOLOAD_STATE' });
  });

  it('drains: admits nobody, ends every connection, resolves after the last', async () => {
    const { reactor, transport } = makeReactor();
    await reactor.start();
    const peers: FakePeer[] = Array.from({ length: 20 }, () => transport.connect());
    const drained = reactor.drain(goodbye);
    expect(reactor.state).toBe(ReactorState.Draining);
    await drained;
    expect(transport.connect().state).toBe('unreachable');
    expect(peers.map((peer) => peer.closedWith?.code)).toEqual(Array(20).fill(1001));
    expect(transport.connectionCount).toBe(0);
  });

  it('also ends a connection that a handshake opens during the drain', async () => {
    let decide!: () => void;
    const decided = new Promise<void>((resolve) => (decide = resolve));
    const { reactor, transport } = makeReactor({
      upgrade: async () => {
        await decided;
        return { status: 101, data: undefined };
      },
    });
    await reactor.start();
    const late = transport.connect();
    const early = transport.connect();
    const drained = reactor.drain({ ...goodbye, spreadMs: 50 });
    decide();
    await Promise.all([late.settled, early.settled, drained]);
    expect([late, early].map((peer) => peer.closedWith?.code)).toEqual([1001, 1001]);
  });

  it('gives up on a peer that does not leave, at the deadline', async () => {
    const { reactor, transport } = makeReactor();
    await reactor.start();
    const peer = transport.connect();
    let stays: unknown;
    transport.forEachConnection((conn) => {
      stays = conn;
      // A connection whose close handshake never ends.
      conn.end = (): void => undefined;
    });
    await reactor.drain({ ...goodbye, deadlineMs: 60 });
    expect(transport.connectionCount).toBe(1);
    await reactor.stop();
    expect((stays as { state: string }).state).toBe(ConnState.Closed);
    expect(peer.closedWith?.code).toBe(1006);
  });

  it('joins a drain under way, and a stop', async () => {
    const { reactor } = makeReactor();
    await reactor.start();
    expect(reactor.drain(goodbye)).toBe(reactor.drain(goodbye));
    expect(reactor.stop()).toBe(reactor.stop());
    await reactor.stop();
    expect(reactor.state).toBe(ReactorState.Stopped);
  });

  it('runs the stop hook once, after the last connection, and survives its error', async () => {
    let open: number | undefined;
    const { reactor, transport, log } = makeReactor({
      stop: () => {
        open = transport.connectionCount;
        throw new Error('cannot say goodbye');
      },
    });
    await reactor.start();
    transport.connect();
    await reactor.stop();
    expect(open).toBe(0);
    expect(log.lines.map(({ message }) => message)).toEqual(['reactor 3: the stop hook failed']);
  });

  it('runs the stop hook although the transport cannot be closed', async () => {
    let stops = 0;
    const { reactor, transport, log } = makeReactor({ stop: () => void stops++ });
    await reactor.start();
    transport.close = () => {
      throw new Error('no close');
    };
    await reactor.stop();
    expect(stops).toBe(1);
    expect(log.lines.map(({ message }) => message)).toEqual([
      'reactor 3: the close of the transport failed',
    ]);
  });

  it('fails with the error of its start, although the transport cannot be closed', async () => {
    const { reactor, transport } = makeReactor();
    transport.listen = () => Promise.reject(new Error('no port'));
    transport.close = () => {
      throw new Error('no close');
    };
    await expect(reactor.start()).rejects.toThrow('no port');
  });

  it('does not run the stop hook of an application that was never started', async () => {
    const { reactor } = makeReactor({ stop: () => expect.unreachable() });
    await reactor.stop();
    expect(reactor.state).toBe(ReactorState.Stopped);
  });
});
