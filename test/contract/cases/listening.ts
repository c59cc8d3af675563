// Cases of the transport contract: ports and listening.
import { eventually } from '@hioload/test-support/waiting';
import { expect } from 'vitest';
import { type CaseGroup, closeOf, hasReceived, textsOf } from '../scene.js';

const HOST = '127.0.0.1';

export const listeningCases: CaseGroup = {
  'listens on a free port, and returns its number': async (scene) => {
    const server = await scene.serve();
    expect(server.port).toBeGreaterThan(0);
    expect(server.port).toBeLessThan(65_536);
    await server.connect();
  },

  'rejects a port that a foreign socket listens on': async (scene) => {
    const port = await scene.harness.occupyPort();
    const { transport } = await scene.build();
    await expect(transport.listen({ host: HOST, port, shared: false })).rejects.toMatchObject({
      name: 'HioloadError',
      code: 'HIOLOAD_PORT_IN_USE',
    });
  },

  'names the port that a foreign socket listens on, shared or not': async (scene) => {
    const port = await scene.harness.occupyPort();
    for (const shared of [true, false]) {
      const { transport } = await scene.build();
      await expect(transport.listen({ host: HOST, port, shared })).rejects.toMatchObject({
        code: 'HIOLOAD_PORT_IN_USE',
        message: expect.stringContaining(String(port)) as string,
      });
    }
  },

  'refuses a port that is no whole number from 0 to 65535': async (scene) => {
    for (const port of [-1, 65_536, 1.5, NaN, '80' as never]) {
      const { transport } = await scene.build();
      await expect(transport.listen({ host: HOST, port, shared: false })).rejects.toMatchObject({
        code: 'HIOLOAD_OPTION_INVALID',
      });
    }
  },

  'listens once': async (scene) => {
    const server = await scene.serve();
    await expect(
      server.transport.listen({ host: HOST, port: 0, shared: false }),
    ).rejects.toMatchObject({ code: 'HIOLOAD_STATE' });
    await server.connect();
  },

  'does not listen if it is stopped or closed during the start': async (scene) => {
    for (const way of ['stopListening', 'close'] as const) {
      const { transport } = await scene.build();
      const listening = transport.listen({ host: HOST, port: 0, shared: false });
      transport[way]();
      await expect(listening, way).rejects.toMatchObject({ code: 'HIOLOAD_STATE' });
    }
  },

  'rejects a port that another transport listens on alone': async (scene) => {
    const first = await scene.serve();
    const second = await scene.build();
    await expect(
      second.transport.listen({ host: HOST, port: first.port, shared: false }),
    ).rejects.toMatchObject({
      code: 'HIOLOAD_PORT_IN_USE',
    });
    await first.connect();
  },

  'shares a port if both transports ask for it and the platform can': async (scene) => {
    const first = await scene.build();
    if (!first.transport.features.sharesPort) return;
    const port = await first.transport.listen({ host: HOST, port: 0, shared: true });
    const second = await scene.build();
    expect(await second.transport.listen({ host: HOST, port, shared: true })).toBe(port);
    const alone = await scene.build();
    await expect(alone.transport.listen({ host: HOST, port, shared: false })).rejects.toMatchObject(
      { code: 'HIOLOAD_PORT_IN_USE' },
    );
  },

  'keeps open connections when it stops to listen, and takes no new ones': async (scene) => {
    const server = await scene.serve({ message: (conn, message) => void conn.send(message) });
    const peer = await server.connect();
    server.transport.stopListening();
    server.transport.stopListening();
    expect((await server.knock().outcome).kind).toBe('unreachable');
    peer.send('still here');
    await hasReceived(peer, 1);
    expect(textsOf(peer)).toEqual(['still here']);
    expect(server.transport.connectionCount).toBe(1);
  },

  'gives its port back when it stops to listen': async (scene) => {
    const first = await scene.serve();
    first.transport.stopListening();
    const second = await scene.build();
    expect(await second.transport.listen({ host: HOST, port: first.port, shared: false })).toBe(
      first.port,
    );
  },

  'cuts all connections when it closes, each with its close handler': async (scene) => {
    const closes: number[] = [];
    const server = await scene.serve({ close: (conn, code) => void closes.push(conn.id, code) });
    const peers = [await server.connect(), await server.connect()];
    await eventually('both are open', () => server.transport.connectionCount === 2);
    server.transport.close();
    server.transport.close();
    for (const peer of peers) expect((await closeOf(peer)).code).toBe(1006);
    expect(closes.toSorted((a, b) => a - b)).toEqual([1, 2, 1006, 1006]);
    expect([server.transport.connectionCount, server.admission.booked]).toEqual([0, 0]);
    expect((await server.knock().outcome).kind).toBe('unreachable');
  },

  'cuts all connections when it closes, although close handlers end others': async (scene) => {
    const closes: number[] = [];
    const server = await scene.serve({
      close: (conn) => {
        closes.push(conn.id);
        // The neighbour on either side may be the next one that the transport would cut.
        if (conn.id % 2 === 0) server.opened[conn.id - 2]?.terminate();
        else server.opened[conn.id]?.end();
      },
    });
    const peers = [];
    for (let i = 0; i < 20; i++) peers.push(await server.connect());
    await eventually('all are open', () => server.transport.connectionCount === 20);
    server.transport.close();
    expect([server.transport.connectionCount, server.admission.booked]).toEqual([0, 0]);
    expect(closes.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    for (const peer of peers) await closeOf(peer);
    expect(server.faults).toEqual([]);
  },

  'aborts handshakes that wait for their hook when it closes': async (scene) => {
    let signal: AbortSignal | undefined;
    const server = await scene.serve({
      upgrade: (request) => {
        ({ signal } = request);
        return new Promise(() => undefined);
      },
    });
    const knock = server.knock();
    await eventually('the hook was asked', () => signal !== undefined);
    server.transport.close();
    expect(signal!.aborted).toBe(true);
    expect((await knock.outcome).kind).toBe('unreachable');
    expect([server.opened.length, server.admission.booked]).toEqual([0, 0]);
  },

  'closes before it ever listened': async (scene) => {
    const { transport } = await scene.build();
    transport.stopListening();
    transport.close();
    transport.close();
    expect(transport.connectionCount).toBe(0);
  },
};
