// Cases of the transport contract: metrics.
import { AdmissionVerdict, SendStatus } from '@hioload/api';
import { eventually } from '@hioload/test-support/waiting';
import { expect } from 'vitest';
import { type CaseGroup, closeOf, hasReceived } from '../scene.js';

export const metricCases: CaseGroup = {
  'counts a session exactly': async (scene) => {
    const server = await scene.serve(
      {
        open: (conn) => void conn.subscribe('room'),
        message: (conn, message) => {
          if (message.text() === 'fail') throw new Error('of the application');
          conn.send(message);
          conn.publish('room', 'é');
        },
      },
      { path: '/chat' },
    );
    const chat = { path: '/chat' };
    const peers = [
      await server.connect(chat),
      await server.connect(chat),
      await server.connect(chat),
    ];
    const [first, second, third] = peers;
    first!.send('héllo');
    first!.send(Uint8Array.of(1, 2, 3));
    first!.ping(Buffer.from('not a message'));
    await hasReceived(first!, 2);
    await hasReceived(second!, 2);
    await hasReceived(third!, 2);
    second!.send('fail');
    await closeOf(second!);
    server.opened[0]!.ping('not a message');
    expect(server.transport.publish('room', 'four')).toEqual({ reactors: 1, lanesFull: 0 });
    await hasReceived(third!, 3);
    await server.refusal({ path: '/' });
    server.admission.verdict = AdmissionVerdict.Full;
    await server.refusal(chat);
    third!.close(4000);
    await closeOf(third!);
    await eventually('one is left', () => server.transport.connectionCount === 1);
    expect(server.opened[2]!.send('late')).toBe(SendStatus.Closed);

    expect(server.metrics.nonZero()).toEqual({
      ws_connections: 1,
      ws_connections_opened_total: 3,
      'ws_connections_closed_total{code="1011"}': 1,
      'ws_connections_closed_total{code="4xxx"}': 1,
      // héllo, three bytes, fail.
      'ws_messages_total{direction="in"}': 3,
      'ws_message_bytes_total{direction="in"}': 6 + 3 + 4,
      // Two echoes, two times é to two others, four to the two that are left.
      'ws_messages_total{direction="out"}': 2 + 2 * 2 + 2,
      'ws_message_bytes_total{direction="out"}': 6 + 3 + 2 * 2 * 2 + 2 * 4,
      ws_handler_faults_total: 1,
      'ws_upgrades_rejected_total{reason="path"}': 1,
      'ws_upgrades_rejected_total{reason="full"}': 1,
    });
  },

  'counts each connection under the code it ended with': async (scene) => {
    const server = await scene.serve();
    const ends: readonly ((both: Awaited<ReturnType<typeof server.connectBoth>>) => void)[] = [
      ({ conn }) => conn.end(),
      ({ conn }) => conn.end(1001),
      ({ conn }) => conn.end(3999),
      ({ conn }) => conn.terminate(),
      ({ peer }) => peer.close(1000),
      ({ peer }) => peer.close(),
      ({ peer }) => peer.close(4999),
      ({ peer }) => peer.vanish(),
    ];
    for (const end of ends) {
      const both = await server.connectBoth();
      end(both);
      await closeOf(both.peer);
    }
    await eventually('all are gone', () => server.transport.connectionCount === 0);
    expect(server.metrics.nonZero()).toEqual({
      ws_connections_opened_total: ends.length,
      'ws_connections_closed_total{code="1000"}': 2,
      'ws_connections_closed_total{code="1001"}': 1,
      'ws_connections_closed_total{code="1005"}': 1,
      'ws_connections_closed_total{code="1006"}': 2,
      'ws_connections_closed_total{code="3xxx"}': 1,
      'ws_connections_closed_total{code="4xxx"}': 1,
    });
  },
};
