// Cases of the transport contract: the opening handshake.
import { AdmissionVerdict, Metric } from '@hioload/api';
import { eventually } from '@hioload/test-support/waiting';
import { expect } from 'vitest';
import { type CaseGroup, closeOf, type Server } from '../scene.js';

const VERDICTS = [
  [AdmissionVerdict.Full, 503, Metric.RejectedFull],
  [AdmissionVerdict.AddressFull, 429, Metric.RejectedAddressFull],
  [AdmissionVerdict.TooFast, 503, Metric.RejectedTooFast],
  [AdmissionVerdict.Draining, 503, Metric.RejectedDraining],
] as const;

/** The status with which each path is answered; 101 where it is served. */
async function statusesOf(
  server: Server,
  paths: readonly string[],
): Promise<Record<string, number>> {
  const statuses: Record<string, number> = {};
  for (const path of paths) {
    const outcome = await server.knock({ path }).outcome;
    statuses[path] =
      outcome.kind === 'open' ? 101 : outcome.kind === 'refused' ? outcome.status : 0;
  }
  return statuses;
}

export const handshakeCases: CaseGroup = {
  'serves its path and answers others with 404': async (scene) => {
    const server = await scene.serve({}, { path: '/chat' });
    expect(
      await statusesOf(server, [
        '/chat',
        '/chat?room=1',
        '/',
        '/chat/',
        '/chatter',
        '/Chat',
        '/chat/1',
      ]),
    ).toEqual({
      '/chat': 101,
      '/chat?room=1': 101,
      '/': 404,
      '/chat/': 404,
      '/chatter': 404,
      '/Chat': 404,
      '/chat/1': 404,
    });
    expect(server.metrics.read(Metric.RejectedPath)).toBe(5);
  },

  'serves all paths with its prefix': async (scene) => {
    const server = await scene.serve({}, { path: '/chat/*' });
    expect(
      await statusesOf(server, ['/chat/', '/chat/a', '/chat/a/b?c', '/chat', '/other/chat/']),
    ).toEqual({
      '/chat/': 101,
      '/chat/a': 101,
      '/chat/a/b?c': 101,
      '/chat': 404,
      '/other/chat/': 404,
    });
  },

  'accepts no origin, the origin of the host, and a listed origin': async (scene) => {
    let asked = 0;
    const server = await scene.serve(
      {
        upgrade: () => {
          asked += 1;
          return { status: 101, data: undefined };
        },
      },
      { allowedOrigins: ['https://app.example:8443'] },
    );
    const host = 'chat.example:9001';
    await server.connect();
    for (const origin of [
      'http://chat.example:9001',
      'https://chat.example:9001',
      'https://app.example:8443',
    ]) {
      await server.connect({ headers: { host, origin } });
    }
    for (const origin of [
      'http://evil.example',
      'https://app.example',
      'http://chat.example:9002',
      'null',
      'x',
    ]) {
      expect((await server.refusal({ headers: { host, origin } })).status).toBe(403);
    }
    expect(asked).toBe(4);
    expect(server.metrics.read(Metric.RejectedOrigin)).toBe(5);
    expect(server.admission.booked).toBe(4);
  },

  'accepts every origin if the list is *': async (scene) => {
    const server = await scene.serve({}, { allowedOrigins: ['*'] });
    for (const origin of ['http://evil.example', 'null'])
      await server.connect({ headers: { origin } });
  },

  'answers a client that is not admitted without asking the application': async (scene) => {
    let asked = 0;
    const server = await scene.serve({
      upgrade: () => {
        asked += 1;
        return { status: 101, data: undefined };
      },
    });
    for (const [verdict, status, cell] of VERDICTS) {
      server.admission.verdict = verdict;
      const refusal = await server.refusal();
      expect([verdict, refusal.status]).toEqual([verdict, status]);
      expect(Number(refusal.headers.get('retry-after'))).toBeGreaterThan(0);
      expect(server.metrics.read(cell)).toBe(1);
    }
    expect([asked, server.admission.booked]).toEqual([0, 0]);
    expect(server.admission.asked).toHaveLength(VERDICTS.length);
    server.admission.verdict = AdmissionVerdict.Admitted;
    await server.connect();
    expect([asked, server.admission.bookedBy('127.0.0.1')]).toEqual([1, 1]);
  },

  'books a connection and counts it, until it ends': async (scene) => {
    const server = await scene.serve();
    const peer = await server.connect();
    expect(server.admission.bookedBy('127.0.0.1')).toBe(1);
    expect(server.metrics.nonZero()).toEqual({
      ws_connections: 1,
      ws_connections_opened_total: 1,
    });
    peer.vanish();
    await eventually('it is gone', () => server.transport.connectionCount === 0);
    expect(server.admission.booked).toBe(0);
    expect(server.metrics.nonZero()).toEqual({
      ws_connections_opened_total: 1,
      'ws_connections_closed_total{code="1006"}': 1,
    });
  },

  'asks the admission only about handshakes that pass the other checks': async (scene) => {
    const server = await scene.serve({}, { path: '/chat' });
    await server.refusal({ path: '/' });
    await server.refusal({ path: '/chat', headers: { origin: 'http://evil.example' } });
    expect(server.admission.booked).toBe(0);
    await server.connect({ path: '/chat' });
    expect(server.admission.booked).toBe(1);
  },

  'releases a connection exactly once, however it ends': async (scene) => {
    const server = await scene.serve({
      message: (conn, message) => {
        if (message.text() === 'end') conn.end(1000);
        else if (message.text() === 'terminate') conn.terminate();
        else throw new Error('of the application');
      },
    });
    const left: number[] = [];
    for (const way of ['end', 'terminate', 'throw', 'close', 'vanish', 'both']) {
      const { peer, conn } = await server.connectBoth();
      if (way === 'close') peer.close(1000);
      else if (way === 'vanish') peer.vanish();
      else if (way === 'both') {
        peer.close(1000);
        conn.end(1001);
      } else peer.send(way);
      await closeOf(peer);
      await eventually(
        `the connection is gone after ${way}`,
        () => server.transport.connectionCount === 0,
      );
      left.push(server.admission.booked);
    }
    expect(left).toEqual([0, 0, 0, 0, 0, 0]);
    await server.connect();
    server.transport.close();
    expect(server.admission.booked).toBe(0);
    // The fake admission throws at a second release.
    expect(server.faults.map(({ cause }) => String(cause))).toEqual(['Error: of the application']);
  },
};
