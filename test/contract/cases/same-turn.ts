// Cases of the transport contract: something drastic in the same turn as a send or a publish.
import { ConnState, Metric, type WebSocketConn } from '@hioload/api';
import { eventually, nextTurn } from '@hioload/test-support/waiting';
import { expect } from 'vitest';
import {
  type CaseGroup,
  closeOf,
  type ContractCase,
  hasReceived,
  type Scene,
  type Server,
  textsOf,
} from '../scene.js';

/** What a turn does with a connection that is subscribed to `room`. */
type Act = (server: Server, conn: WebSocketConn) => void;

/** Lets a turn act on a subscriber, out of a hook or inside of one, and expects what arrives. */
const acts =
  (
    where: 'outside of hooks' | 'in a message hook',
    act: Act,
    expected: readonly string[],
    code: number | undefined,
  ): ContractCase =>
  async (scene) => {
    const closes: number[] = [];
    const server: Server = await scene.serve({
      message: (conn) => act(server, conn),
      close: (_conn, closeCode) => void closes.push(closeCode),
    });
    const { peer, conn } = await server.connectBoth();
    conn.subscribe('room');
    if (where === 'in a message hook') peer.send('go');
    else act(server, conn);
    if (code === undefined) await hasReceived(peer, expected.length);
    else expect((await closeOf(peer)).code).toBe(code);
    await nextTurn();
    expect(textsOf(peer)).toEqual(expected);
    expect(closes).toEqual(code === undefined ? [] : [code]);
    expect(server.metrics.read(Metric.MessagesOut)).toBe(expected.length);
    expect(server.metrics.read(Metric.DroppedBufferFull)).toBe(0);
  };

const TURNS: Readonly<Record<string, readonly [Act, readonly string[], number?]>> = {
  'a publish, then terminate': [
    ({ transport }, conn) => {
      transport.publish('room', 'published');
      conn.terminate();
    },
    ['published'],
    1006,
  ],
  'a send, then terminate': [
    (_, conn) => {
      conn.send('sent');
      conn.terminate();
      conn.send('late');
    },
    ['sent'],
    1006,
  ],
  'a send and a publish, in turns, then terminate': [
    ({ transport }, conn) => {
      conn.send('1');
      transport.publish('room', '2');
      conn.send('3');
      transport.publish('room', '4');
      conn.terminate();
    },
    ['1', '2', '3', '4'],
    1006,
  ],
  'a send in a cork, then terminate inside of the cork': [
    (_, conn) =>
      conn.cork(() => {
        conn.send('sent');
        conn.terminate();
      }),
    ['sent'],
    1006,
  ],
  'terminate, then a publish': [
    ({ transport }, conn) => {
      conn.send('sent');
      conn.terminate();
      expect(transport.publish('room', 'late')).toEqual({ reactors: 0, lanesFull: 0 });
    },
    ['sent'],
    1006,
  ],
  'many publishes, then terminate': [
    ({ transport }, conn) => {
      for (let i = 0; i < 100; i++) transport.publish('room', String(i));
      conn.terminate();
    },
    Array.from({ length: 100 }, (_, i) => String(i)),
    1006,
  ],
  'a publish, then end': [
    ({ transport }, conn) => {
      conn.send('1');
      transport.publish('room', '2');
      conn.end(4000);
      transport.publish('room', 'late');
    },
    ['1', '2'],
    4000,
  ],
  'a publish, then unsubscribe, then a publish': [
    ({ transport }, conn) => {
      transport.publish('room', 'published');
      conn.unsubscribe('room');
      transport.publish('room', 'late');
      conn.send('sent');
    },
    ['published', 'sent'],
  ],
  'subscribe, publish, unsubscribe, then terminate': [
    ({ transport }, conn) => {
      conn.subscribe('other');
      transport.publish('other', 'published');
      conn.unsubscribe('other');
      conn.terminate();
    },
    ['published'],
    1006,
  ],
};

async function serveRoom(
  scene: Scene,
  hook: 'open' | 'close' | 'ping',
): Promise<{
  readonly server: Server;
  readonly calls: string[];
}> {
  const calls: string[] = [];
  const server: Server = await scene.serve({
    [hook]: (conn: WebSocketConn) => {
      if (conn.id === 1) return;
      calls.push(`${hook} ${conn.state}`);
      server.transport.publish('room', hook);
      conn.publish('room', 'of its own');
      conn.terminate();
    },
  });
  return { server, calls };
}

export const sameTurnCases: CaseGroup = {
  ...Object.fromEntries(
    (['outside of hooks', 'in a message hook'] as const).flatMap((where) =>
      Object.entries(TURNS).map(([what, [act, expected, code]]) => [
        `delivers what was sent before, ${where}: ${what}`,
        acts(where, act, expected, code),
      ]),
    ),
  ),

  'publishes inside of the open hook of a connection that it cuts': async (scene) => {
    const { server, calls } = await serveRoom(scene, 'open');
    const { peer, conn } = await server.connectBoth();
    conn.subscribe('room');
    await server.knock().outcome;
    await hasReceived(peer, 2);
    expect([textsOf(peer), calls]).toEqual([['open', 'of its own'], ['open open']]);
  },

  'publishes inside of a close hook, but not for the closed connection': async (scene) => {
    const { server, calls } = await serveRoom(scene, 'close');
    const { peer, conn } = await server.connectBoth();
    conn.subscribe('room');
    const leaving = await server.connectBoth();
    leaving.conn.subscribe('room');
    leaving.conn.terminate();
    await hasReceived(peer, 1);
    await nextTurn();
    expect([textsOf(peer), calls]).toEqual([['close'], ['close closed']]);
    expect(server.metrics.read(Metric.MessagesOut)).toBe(1);
  },

  'shows a connection that was cut as closed at once': async (scene) => {
    const seen: unknown[] = [];
    const server = await scene.serve({
      close: (conn, code, reason) =>
        void seen.push(code, reason, conn.state, conn.bufferedBytes, conn.isSubscribed('room')),
    });
    const { peer, conn } = await server.connectBoth();
    conn.subscribe('room');
    conn.terminate();
    expect(seen).toEqual([1006, '', ConnState.Closed, 0, false]);
    expect([conn.state, server.transport.connectionCount]).toEqual([ConnState.Closed, 0]);
    expect(server.admission.booked).toBe(0);
    expect(server.transport.connection(conn.id)).toBeUndefined();
    expect((await closeOf(peer)).code).toBe(1006);
    await eventually('nothing more was told', () => seen.length === 5);
  },

  'cuts what was terminated when the transport closes in the same turn': async (scene) => {
    const closes: number[] = [];
    const server = await scene.serve({ close: (_conn, code) => void closes.push(code) });
    const { peer, conn } = await server.connectBoth();
    conn.terminate();
    server.transport.close();
    expect((await closeOf(peer)).code).toBe(1006);
    await nextTurn();
    expect(closes).toEqual([1006]);
  },
};
