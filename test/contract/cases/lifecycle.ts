// Cases of the transport contract: the order of hooks.
import { ConnState, SendStatus, type WebSocketConn } from '@hioload/api';
import { eventually } from '@hioload/test-support/waiting';
import { expect } from 'vitest';
import { type CaseGroup, closeOf, textsOf } from '../scene.js';

export const lifecycleCases: CaseGroup = {
  'calls open first, then messages in order, then close, exactly once': async (scene) => {
    const calls: string[] = [];
    const server = await scene.serve({
      open: () => void calls.push('open'),
      message: (_conn, message) => void calls.push(`message ${message.text()}`),
      close: (_conn, code, reason) => void calls.push(`close ${code} ${reason}`),
    });
    const peer = await server.connect();
    for (const text of ['a', 'b', 'c']) peer.send(text);
    peer.close(1000, 'bye');
    await closeOf(peer);
    await eventually('the close handler has run', () => calls.length >= 5);
    server.transport.close();
    expect(calls).toEqual(['open', 'message a', 'message b', 'message c', 'close 1000 bye']);
  },

  'gives a connection its id, data, address, protocol and state': async (scene) => {
    const server = await scene.serve();
    const { conn } = await server.connectBoth();
    expect(conn).toMatchObject({
      remoteAddress: '127.0.0.1',
      protocol: '',
      state: ConnState.Open,
      bufferedBytes: 0,
    });
    expect(conn.data).toBeUndefined();
  },

  'numbers connections upwards from firstConnId, and no number twice': async (scene) => {
    const server = await scene.serve({}, { firstConnId: 7_000 });
    const first = await server.connect();
    await server.connect();
    first.close();
    await closeOf(first);
    await server.connect();
    await eventually('three connections were opened', () => server.opened.length === 3);
    expect(server.opened.map((conn) => conn.id)).toEqual([7_000, 7_001, 7_002]);
  },

  'numbers connections upwards from an id beyond 32 bits': async (scene) => {
    const firstConnId = 2 ** 43 + 5;
    const server = await scene.serve({}, { firstConnId });
    for (let i = 0; i < 2; i++) {
      const { conn } = await server.connectBoth();
      expect(conn.id).toBe(firstConnId + i);
      expect(server.transport.connection(conn.id) === conn).toBe(true);
    }
  },

  'counts open connections': async (scene) => {
    const server = await scene.serve();
    expect(server.transport.connectionCount).toBe(0);
    const peer = await server.connect();
    await server.connect();
    await eventually('both are counted', () => server.transport.connectionCount === 2);
    peer.vanish();
    await eventually('one is counted', () => server.transport.connectionCount === 1);
  },

  'sends from the open handler before anything arrives': async (scene) => {
    const server = await scene.serve({ open: (conn) => void conn.send('welcome') });
    const peer = await server.connect();
    await eventually('the welcome arrives', () => peer.received.length === 1);
    expect(textsOf(peer)).toEqual(['welcome']);
  },

  'answers Closed inside of the close handler': async (scene) => {
    const seen: unknown[] = [];
    const server = await scene.serve({
      close: (conn) =>
        void seen.push(conn.state, conn.bufferedBytes, conn.send('late'), conn.ping()),
    });
    const peer = await server.connect();
    peer.close(1000);
    await eventually('the close handler has run', () => seen.length > 0);
    expect(seen).toEqual([ConnState.Closed, 0, SendStatus.Closed, SendStatus.Closed]);
  },

  'lets calls on a closed connection do nothing': async (scene) => {
    let corked = 0;
    const server = await scene.serve();
    const { peer, conn } = await server.connectBoth();
    conn.subscribe('news');
    peer.close(1000);
    await eventually('the connection is closed', () => conn.state === ConnState.Closed);
    expect(answersOf(conn)).toEqual({
      send: SendStatus.Closed,
      ping: SendStatus.Closed,
      subscribe: false,
      unsubscribe: false,
      isSubscribed: false,
      publish: { reactors: 0, lanesFull: 0 },
      bufferedBytes: 0,
    });
    conn.cork(() => corked++);
    conn.end(1001, 'again');
    conn.terminate();
    expect(corked).toBe(1);
    expect(server.faults).toEqual([]);
  },

  'ends one connection without touching another': async (scene) => {
    const server = await scene.serve({ message: (conn, message) => void conn.send(message) });
    const leaving = await server.connect();
    const staying = await server.connect();
    leaving.vanish();
    await eventually('one is left', () => server.transport.connectionCount === 1);
    staying.send('still here');
    await eventually('the echo arrives', () => staying.received.length === 1);
    expect(textsOf(staying)).toEqual(['still here']);
  },
};

function answersOf(conn: WebSocketConn): Record<string, unknown> {
  return {
    send: conn.send('late'),
    ping: conn.ping('late'),
    subscribe: conn.subscribe('news'),
    unsubscribe: conn.unsubscribe('news'),
    isSubscribed: conn.isSubscribed('news'),
    publish: conn.publish('news', 'late'),
    bufferedBytes: conn.bufferedBytes,
  };
}
