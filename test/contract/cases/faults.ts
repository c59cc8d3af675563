// Cases of the transport contract: hooks that throw or reject.
import {
  type ConnectionHandlers,
  ConnState,
  Metric,
  SendStatus,
  type WebSocketConn,
} from '@hioload/api';
import { eventually, nextTurn } from '@hioload/test-support/waiting';
import { expect } from 'vitest';
import type { Peer } from '../harness.js';
import {
  type CaseGroup,
  closeOf,
  type ContractCase,
  hasReceived,
  type Server,
  textsOf,
} from '../scene.js';
import { waysToFail } from './ways-to-fail.js';

type Hook = 'open' | 'message' | 'dropped' | 'drain' | 'ping' | 'pong';

const LIMIT_BYTES = 65_536;
const CHUNK = new Uint8Array(LIMIT_BYTES);
const MOST_CHUNKS = 4_096;

function sendUntil(conn: WebSocketConn, status: SendStatus): void {
  for (let i = 0; i < MOST_CHUNKS; i++) if (conn.send(CHUNK) === status) return;
  throw new Error(`no send was ${status}`);
}

/** What makes a hook run. */
const PROVOCATIONS: Readonly<Record<Hook, (peer: Peer, conn: WebSocketConn) => void>> = {
  open: () => undefined,
  message: (peer) => peer.send('please'),
  ping: (peer) => peer.ping(Buffer.from('please')),
  pong: (peer) => peer.pong(Buffer.from('please')),
  dropped(peer, conn) {
    peer.stopReading();
    sendUntil(conn, SendStatus.Dropped);
    peer.resumeReading();
  },
  drain(peer, conn) {
    peer.stopReading();
    sendUntil(conn, SendStatus.Buffered);
    peer.resumeReading();
  },
};

/** A hook that fails costs its own connection, and nobody else anything. */
const costsItsConnection = (hook: Hook, way: string): ContractCase => {
  return async (scene) => {
    const mine = new Error('of the application');
    const closes: number[] = [];
    const fail = waysToFail(mine)[way]!;
    // The first connection is the one that others must not be harmed by.
    const failing = (conn: WebSocketConn): unknown => (conn.id === 1 ? undefined : fail());
    const handlers: ConnectionHandlers = {
      message: (conn, message) => void conn.send(message),
      close: (conn, code) => void closes.push(conn.id, code),
      [hook]: hook === 'message' ? echoing(failing) : failing,
    };
    const server = await scene.serve(handlers, { limits: { maxBufferedBytes: LIMIT_BYTES } });
    const other = await server.connect();
    const { peer, conn } = await server.connectBoth();
    PROVOCATIONS[hook](peer, conn);

    const { code } = await closeOf(peer);
    // Whether a close frame passes a full queue is a case of its own.
    if (hook !== 'dropped') expect(code).toBe(1011);
    await eventually('the fault was told', () => server.faults.length > 0);
    expectFault(server, 0, mine, conn);
    expect(closes).toEqual([2, 1011]);
    expect(server.metrics.read(Metric.HandlerFaults)).toBe(1);
    expect(server.transport.connectionCount).toBe(1);

    other.send('unharmed');
    await hasReceived(other, 1);
    expect(textsOf(other)).toEqual(['unharmed']);
  };
};

function echoing(failing: (conn: WebSocketConn) => unknown): ConnectionHandlers['message'] & {} {
  return (conn, message) => {
    if (conn.id === 1) conn.send(message);
    return failing(conn);
  };
}

/** Expects the n-th fault to be the last one, told when its connection was no longer open. */
function expectFault(server: Server, n: number, cause: unknown, conn: WebSocketConn): void {
  expect(server.faults).toHaveLength(n + 1);
  const fault = server.faults[n]!;
  expect(fault.code).toBe('HIOLOAD_HANDLER_FAILED');
  expect(fault.cause).toBe(cause);
  expect(fault.conn === conn, 'the fault names its connection').toBe(true);
  expect(fault.state).not.toBe(ConnState.Open);
}

const HOOKS: readonly Hook[] = ['open', 'message', 'dropped', 'drain', 'ping', 'pong'];
/** The hooks that are tried with each way to fail; a full queue takes longer. */
const QUICK_HOOKS: readonly Hook[] = ['open', 'message', 'ping', 'pong'];
const WAYS = Object.keys(waysToFail(undefined));

const throwsWhenLookedAt = (): never => {
  throw new Error('looked at');
};
/** What an application may throw, although nobody can print it. */
const UNPRINTABLE: Readonly<Record<string, unknown>> = {
  'without a prototype': Object.create(null),
  'with a message that is a symbol': Object.assign(new Error(), { message: Symbol('s') }),
  'with a message that is no string': Object.assign(new Error(), {
    message: { toString: throwsWhenLookedAt },
  }),
  'with a stack that throws': Object.defineProperty(new Error(), 'stack', {
    get: throwsWhenLookedAt,
  }),
  'that is a proxy': new Proxy({}, { get: throwsWhenLookedAt, getPrototypeOf: throwsWhenLookedAt }),
};

/** A value that nobody can print costs the connection, and reaches `onFault` as it is. */
const survives = (thrown: unknown): ContractCase => {
  return async (scene) => {
    const server = await scene.serve({
      message() {
        throw thrown;
      },
    });
    const peer = await server.connect();
    peer.send('go');
    expect((await closeOf(peer)).code).toBe(1011);
    expect(server.faults).toHaveLength(1);
    expect(Object.is(server.faults[0]!.cause, thrown)).toBe(true);
  };
};

export const faultCases: CaseGroup = {
  ...Object.fromEntries(
    HOOKS.flatMap((hook) =>
      (QUICK_HOOKS.includes(hook) ? WAYS : ['throws', 'rejects']).map((way) => [
        `closes with 1011 when ${hook} ${way}, and serves the others`,
        costsItsConnection(hook, way),
      ]),
    ),
  ),

  'reports a close handler that throws or rejects': async (scene) => {
    const mine = new Error('of the application');
    const server = await scene.serve({
      close: (_conn, code) => {
        if (code === 4001) throw mine;
        return Promise.reject(mine);
      },
    });
    for (const code of [4001, 4002]) {
      const { peer, conn } = await server.connectBoth();
      peer.close(code);
      expect((await closeOf(peer)).code).toBe(code);
      await eventually('the fault was told', () => server.faults.length === code - 4000);
      expectFault(server, code - 4001, mine, conn);
    }
    expect(server.metrics.read(Metric.HandlerFaults)).toBe(2);
    expect(server.admission.booked).toBe(0);
    await server.connect();
  },

  'names the hook and the connection in the error of a fault': async (scene) => {
    const told: unknown[] = [];
    const fail = (): never => {
      throw new Error('boom');
    };
    const server = await scene.serve(
      { message: fail, close: fail, upgrade: () => ({ status: 101, data: 1 }) },
      { onFault: (error, conn) => void told.push([error.code, error.message, conn?.id]) },
    );
    (await server.connect()).send('go');
    await eventually('both faults were told', () => told.length === 2);
    const faultOf = (hook: string): unknown[] => [
      'HIOLOAD_HANDLER_FAILED',
      `the ${hook} hook of connection 1 failed: boom`,
      1,
    ];
    // The connection ends before the fault that ends it is told.
    expect(told).toEqual(expect.arrayContaining([faultOf('close'), faultOf('message')]));
  },

  'goes on through many failures, and reports each': async (scene) => {
    let calls = 0;
    const server = await scene.serve({
      message(conn, message) {
        if (++calls % 10 === 0) throw new Error('of the application');
        conn.send(message);
      },
    });
    let echoes = 0;
    for (let round = 0; round < 20; round++) {
      const peers = await Promise.all(Array.from({ length: 10 }, () => server.connect()));
      for (const peer of peers) peer.send('x');
      await eventually('all are answered or closed', () =>
        peers.every((peer) => peer.received.length > 0 || peer.closedWith !== undefined),
      );
      echoes += peers.filter((peer) => peer.received.length > 0).length;
      for (const peer of peers) peer.vanish();
    }
    await eventually('all are gone', () => server.transport.connectionCount === 0);
    expect([echoes, server.faults.length, server.admission.booked]).toEqual([180, 20, 0]);
  },

  ...Object.fromEntries(
    Object.entries(UNPRINTABLE).map(([kind, thrown]) => [
      `survives a thrown value ${kind}`,
      survives(thrown),
    ]),
  ),

  'ignores the result of a hook that is no promise': async (scene) => {
    const results: unknown[] = [1, 'then', { then: 1 }, null, () => undefined];
    const server = await scene.serve({ message: () => results.shift() });
    const peer = await server.connect();
    for (let i = 0; i < 5; i++) peer.send('x');
    peer.ping(Buffer.from('done?'));
    await eventually('the pong has arrived', () => peer.pongs.length === 1);
    expect([results, server.faults]).toEqual([[], []]);
    expect(peer.closedWith).toBeUndefined();
  },

  'reports a handler that rejects after its connection has ended': async (scene) => {
    let reject: ((error: Error) => void) | undefined;
    const closes: number[] = [];
    const server = await scene.serve({
      message: () =>
        new Promise((_resolve, onError) => {
          reject = onError;
        }),
      close: (_conn, code) => void closes.push(code),
    });
    const { peer, conn } = await server.connectBoth();
    peer.send('wait');
    await eventually('the handler waits', () => reject !== undefined);
    peer.close(1000);
    await eventually('the close handler has run', () => closes.length > 0);
    const mine = new Error('late');
    reject!(mine);
    await eventually('the fault was told', () => server.faults.length > 0);
    expectFault(server, 0, mine, conn);
    expect(closes).toEqual([1000]);
  },

  'handles no further message of a connection whose handler failed': async (scene) => {
    const seen: string[] = [];
    const server = await scene.serve({
      message: (_conn, message) => {
        seen.push(message.text());
        if (message.text() === '2') throw new Error('of the application');
      },
    });
    const peer = await server.connect();
    for (const text of ['1', '2', '3', '4']) peer.send(text);
    await closeOf(peer);
    await nextTurn();
    expect(seen).toEqual(['1', '2']);
    expect(server.faults).toHaveLength(1);
  },

  'reports the thrown value itself, although it is no error': async (scene) => {
    const server = await scene.serve({
      message: () => {
        throw undefined;
      },
    });
    const peer = await server.connect();
    peer.send('go');
    expect((await closeOf(peer)).code).toBe(1011);
    expect(server.faults.map(({ code, cause }) => [code, cause])).toEqual([
      ['HIOLOAD_HANDLER_FAILED', undefined],
    ]);
  },
};
