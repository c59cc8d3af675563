// Cases of the transport contract: closing a connection.
import { CLOSE_CODE_TABLE, ConnState, Metric, SendStatus, type WebSocketConn } from '@hioload/api';
import { eventually, nextTurn } from '@hioload/test-support/waiting';
import { expect } from 'vitest';
import {
  type CaseGroup,
  closeOf,
  type ContractCase,
  expectCode,
  hasReceived,
  type Scene,
  type Server,
  textsOf,
} from '../scene.js';

/** A server that notes how connections end. */
async function noting(
  scene: Scene,
): Promise<{ readonly server: Server; readonly closes: unknown[] }> {
  const closes: unknown[] = [];
  const server = await scene.serve({
    close: (conn, code, reason) => void closes.push([conn.id, code, reason]),
  });
  return { server, closes };
}

/** The peer closes with each code. */
const takes = (codes: readonly number[]): ContractCase => {
  return async (scene) => {
    const { server, closes } = await noting(scene);
    for (const code of codes) {
      const peer = await server.connect();
      peer.close(code, `with ${code}`);
      expect((await closeOf(peer)).code).toBe(code);
    }
    await eventually('all close handlers have run', () => closes.length === codes.length);
    expect(closes).toEqual(codes.map((code, i) => [i + 1, code, `with ${code}`]));
  };
};

/** The handler of one connection ends it twice; nothing of the peer is handled after that. */
const endsInside = (
  hook: 'message' | 'ping' | 'pong' | 'close',
  way: 'end' | 'terminate',
): ContractCase => {
  return async (scene) => {
    const closes: number[] = [];
    const late: SendStatus[] = [];
    let calls = 0;
    const act = (conn: WebSocketConn): void => {
      calls += 1;
      conn[way]();
      conn[way]();
      late.push(conn.send('late'));
    };
    const server = await scene.serve({
      [hook]: act,
      close: (conn, code) => {
        closes.push(code);
        if (hook === 'close') act(conn);
      },
    });
    const peer = await server.connect();
    peer.ping(Buffer.from('x'));
    peer.pong(Buffer.from('x'));
    for (const text of ['a', 'b']) peer.send(text);
    peer.close(1001);
    const code = hook === 'close' ? 1001 : way === 'end' ? 1000 : 1006;
    expect((await closeOf(peer)).code).toBe(code);
    await eventually('the close handler has run', () => closes.length > 0);
    await nextTurn();
    expect([closes, calls, late]).toEqual([[code], 1, [SendStatus.Closed]]);
    expect(textsOf(peer)).toEqual([]);
    expect([server.faults.length, server.admission.booked]).toEqual([0, 0]);
  };
};

const SENDABLE = [
  ...CLOSE_CODE_TABLE.filter((row) => row.mayBeSent).map((row): number => row.code),
  3000,
  3999,
  4000,
  4999,
];
const NOT_SENDABLE = [
  0,
  1,
  999,
  1004,
  1005,
  1006,
  1015,
  1016,
  2999,
  5000,
  65_536,
  66_536,
  -1000,
  1000.5,
  NaN,
];

export const closingCases: CaseGroup = {
  'ends with code and reason': async (scene) => {
    const { server, closes } = await noting(scene);
    const { peer, conn } = await server.connectBoth();
    conn.end(4001, 'grünlich');
    expect(await closeOf(peer)).toEqual({ code: 4001, reason: 'grünlich' });
    await eventually('the close handler has run', () => closes.length > 0);
    expect(closes).toEqual([[1, 4001, 'grünlich']]);
    expect(conn.state).toBe(ConnState.Closed);
  },

  'calls the close handler before terminate returns': async (scene) => {
    const closes: unknown[] = [];
    const server = await scene.serve({
      close: (conn, code, reason) => void closes.push([code, reason, conn.state]),
    });
    const { peer, conn } = await server.connectBoth();
    conn.terminate();
    expect(closes).toEqual([[1006, '', ConnState.Closed]]);
    expect([server.transport.connectionCount, server.admission.booked]).toEqual([0, 0]);
    await closeOf(peer);
    expect(closes).toHaveLength(1);
  },

  'ends with 1000 and no reason by default': async (scene) => {
    const { server, closes } = await noting(scene);
    const first = await server.connectBoth();
    first.conn.end();
    expect(await closeOf(first.peer)).toEqual({ code: 1000, reason: '' });
    const second = await server.connectBoth();
    second.conn.end(undefined, 'why not');
    expect(await closeOf(second.peer)).toEqual({ code: 1000, reason: 'why not' });
    await eventually('the close handlers have run', () => closes.length === 2);
    expect(closes).toEqual([
      [1, 1000, ''],
      [2, 1000, 'why not'],
    ]);
  },

  'ends with every code that may be sent': async (scene) => {
    const { server, closes } = await noting(scene);
    for (const code of SENDABLE) {
      const { peer, conn } = await server.connectBoth();
      conn.end(code);
      expect(await closeOf(peer)).toEqual({ code, reason: '' });
    }
    await eventually('all close handlers have run', () => closes.length === SENDABLE.length);
    expect(closes).toEqual(SENDABLE.map((code, i) => [i + 1, code, '']));
  },

  'refuses codes that may not be sent, and reasons that are too long': async (scene) => {
    const { server, closes } = await noting(scene);
    const { peer, conn } = await server.connectBoth();
    for (const code of NOT_SENDABLE) expectCode('HIOLOAD_CLOSE_CODE_INVALID', () => conn.end(code));
    for (const reason of ['x'.repeat(124), 'é'.repeat(62)]) {
      expectCode('HIOLOAD_CLOSE_REASON_TOO_LONG', () => conn.end(1000, reason));
    }
    expect(conn.state).toBe(ConnState.Open);
    conn.send('still open');
    await hasReceived(peer, 1);
    expect(closes).toEqual([]);
    const longest = `${'é'.repeat(61)}x`;
    conn.end(1000, longest);
    expect(await closeOf(peer)).toEqual({ code: 1000, reason: longest });
  },

  'delivers every message sent before end, and none sent after': async (scene) => {
    const server = await scene.serve({
      message: (conn) => {
        conn.send('one');
        conn.send('two');
        conn.end(1000);
        conn.send('late');
      },
    });
    const peer = await server.connect();
    peer.send('go');
    await closeOf(peer);
    expect(textsOf(peer)).toEqual(['one', 'two']);
  },

  'uses the code of the first of several ends': async (scene) => {
    const { server, closes } = await noting(scene);
    const { peer, conn } = await server.connectBoth();
    conn.end(4001, 'first');
    conn.end(4002, 'second');
    conn.terminate();
    expect(await closeOf(peer)).toEqual({ code: 4001, reason: 'first' });
    await nextTurn();
    expect(closes).toEqual([[1, 4001, 'first']]);
  },

  'reports code and reason of the peer, and answers with the code': takes([
    1000, 1001, 1002, 1003, 1011, 4000, 4999,
  ]),
  'reports the codes 1012..1014 and 3000..3999 of the peer, and answers with them': takes([
    1012, 1013, 1014, 3000, 3999,
  ]),

  'reports 1005 if the peer gave no code': async (scene) => {
    const { server, closes } = await noting(scene);
    const peer = await server.connect();
    peer.close();
    expect((await closeOf(peer)).code).toBe(1005);
    await eventually('the close handler has run', () => closes.length > 0);
    expect(closes).toEqual([[1, 1005, '']]);
  },

  'reports 1006 if the peer vanished': async (scene) => {
    const { server, closes } = await noting(scene);
    (await server.connect()).vanish();
    await eventually('the close handler has run', () => closes.length > 0);
    expect(closes).toEqual([[1, 1006, '']]);
  },

  'terminates without a close frame': async (scene) => {
    const { server, closes } = await noting(scene);
    const { peer, conn } = await server.connectBoth();
    conn.terminate();
    conn.terminate();
    conn.end(1000);
    expect(await closeOf(peer)).toEqual({ code: 1006, reason: '' });
    await eventually('the close handler has run', () => closes.length > 0);
    expect(closes).toEqual([[1, 1006, '']]);
  },

  'ends and terminates inside of the open handler': async (scene) => {
    const calls: unknown[] = [];
    const server = await scene.serve({
      open: (conn) => {
        if (conn.id === 1) conn.end(4000, 'go away');
        else conn.terminate();
      },
      message: () => void calls.push('message'),
      close: (conn, code) => void calls.push([conn.id, code]),
    });
    const ended = await server.connect();
    expect(await closeOf(ended)).toEqual({ code: 4000, reason: 'go away' });
    const outcome = await server.knock().outcome;
    // The answer to the handshake may be cut off with the rest.
    if (outcome.kind === 'open') expect((await closeOf(outcome.peer)).code).toBe(1006);
    else expect(outcome.kind).toBe('unreachable');
    await eventually('both close handlers have run', () => calls.length === 2);
    expect(calls).toEqual([
      [1, 4000],
      [2, 1006],
    ]);
    expect([server.transport.connectionCount, server.admission.booked]).toEqual([0, 0]);
  },

  ...Object.fromEntries(
    (['end', 'terminate'] as const).flatMap((way) =>
      (['message', 'ping', 'pong', 'close'] as const).map((hook) => [
        `takes ${way} twice inside of the ${hook} handler`,
        endsInside(hook, way),
      ]),
    ),
  ),

  'handles no further message after end in a handler': async (scene) => {
    const seen: string[] = [];
    const server = await scene.serve({
      message: (conn, message) => {
        seen.push(message.text());
        if (message.text() === '2') conn.end(1000);
      },
      ping: () => void seen.push('ping'),
    });
    const peer = await server.connect();
    for (const text of ['1', '2', '3']) peer.send(text);
    peer.ping(Buffer.from('x'));
    await closeOf(peer);
    await nextTurn();
    expect(seen).toEqual(['1', '2']);
  },

  'handles no message of a peer that has not read the close frame yet': async (scene) => {
    const seen: string[] = [];
    const server = await scene.serve({
      message: (_conn, message) => void seen.push(message.text()),
      ping: () => void seen.push('ping'),
      close: (_conn, code) => void seen.push(`close ${code}`),
    });
    const { peer, conn } = await server.connectBoth();
    peer.stopReading();
    conn.end(4000);
    peer.send('late');
    peer.ping(Buffer.from('late'));
    peer.resumeReading();
    expect((await closeOf(peer)).code).toBe(4000);
    await nextTurn();
    expect(seen).toEqual(['close 4000']);
    expect(server.metrics.read(Metric.MessagesIn)).toBe(0);
  },

  'visits each open connection once, and lets the visitor end connections': async (scene) => {
    const { server, closes } = await noting(scene);
    const peers = [];
    for (let i = 0; i < 5; i++) peers.push(await server.connect());
    await eventually('all are open', () => server.transport.connectionCount === 5);
    server.opened[1]!.terminate();
    const visited: number[] = [];
    server.transport.forEachConnection((conn) => {
      visited.push(conn.id);
      if (conn.id % 2 === 0) conn.terminate();
      else conn.end(1001, 'going away');
    });
    expect(visited.toSorted((a, b) => a - b)).toEqual([1, 3, 4, 5]);
    const codes = [];
    for (const peer of peers) codes.push((await closeOf(peer)).code);
    expect(codes).toEqual([1001, 1006, 1001, 1006, 1001]);
    await eventually('all close handlers have run', () => closes.length === 5);
    expect(server.transport.connectionCount).toBe(0);
    server.transport.forEachConnection((conn) => visited.push(conn.id));
    expect(visited).toHaveLength(4);
  },
};
