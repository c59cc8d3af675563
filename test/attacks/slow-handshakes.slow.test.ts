// Attacks with handshakes that never end.
import { Metric } from '@hioload/api';
import type { RecordingServer } from '@hioload/test-support/servers';
import { describeSubjects } from '@hioload/test-support/subjects';
import { eventually } from '@hioload/test-support/waiting';
import { head, RawClient } from '@hioload/test-support/wire';
import { expect } from 'vitest';
import { expectServes } from './support/expect-serves.js';

const PEERS = 400;
const limits = { handshakeTimeoutSeconds: 2, upgradeTimeoutSeconds: 1 };

describeSubjects(
  'handshakes that take their time',
  ({ check }) => {
    check('hold no booking, keep no other client out, and are cut', async (server) => {
      const pieces = ['', 'GET / HTTP/1.1\r\n', head().slice(0, 60), head().slice(0, -1)];
      const clients = Array.from({ length: PEERS }, (_, i) => {
        const client = new RawClient(server.port);
        if (pieces[i % pieces.length] !== '') client.write(pieces[i % pieces.length]!);
        return client;
      });
      await Promise.all(
        clients.map((client) => new Promise((resolve) => client.socket.once('connect', resolve))),
      );
      await expectServes(server);
      expect(server.admission.asked).toHaveLength(1);
      await Promise.all(clients.map((client) => client.ended(25_000)));
      for (const client of clients) client.destroy();
    });
  },
  { limits },
);

const MOST_UNFINISHED = 40;

/** A peer that has connected, and says nothing by itself. */
async function connected({ port }: RecordingServer): Promise<RawClient> {
  const client = new RawClient(port);
  await new Promise((resolve) => client.socket.once('connect', resolve));
  return client;
}

describeSubjects(
  'handshakes that are never finished',
  ({ check }) => {
    check('end above the limit, the oldest first, and let other clients in', async (server) => {
      const clients: RawClient[] = [];
      for (let i = 0; i < 3 * MOST_UNFINISHED; i++) clients.push(await connected(server));
      const pushedOut = clients.slice(0, -MOST_UNFINISHED);
      await Promise.all(pushedOut.map((client) => client.ended()));
      expect(server.metrics.read(Metric.RejectedUnfinished)).toBe(pushedOut.length);
      expect(pushedOut.map(({ receivedBytes }) => receivedBytes)).toEqual(pushedOut.map(() => 0));
      expect(clients.slice(-MOST_UNFINISHED).filter(({ isEnded }) => isEnded)).toEqual([]);
      for (const client of clients) client.destroy();
    });

    check('are answered with 503 if their request has begun', async (server) => {
      const begun = await connected(server);
      begun.write(head().slice(0, -1));
      // Answered later than the piece was read.
      await expectServes(server);
      const others: RawClient[] = [];
      for (let i = 0; i < MOST_UNFINISHED; i++) others.push(await connected(server));
      expect((await begun.answer()).status).toBe(503);
      for (const client of [begun, ...others]) client.destroy();
    });

    check(
      'keep no other client out, and end no handshake whose request is complete',
      async (server) => {
        const open = await RawClient.open(server.port);
        const waiting = await Promise.all(
          Array.from({ length: 3 * MOST_UNFINISHED }, () => connected(server)),
        );
        await expectServes(server);
        expect(open.isEnded).toBe(false);
        for (const client of [open, ...waiting]) client.destroy();
      },
    );
  },
  {
    limits: { maxUnfinishedHandshakes: MOST_UNFINISHED, handshakeTimeoutSeconds: 60 },
    exemptions: ['unfinished-handshakes-unbounded'],
  },
);

describeSubjects(
  'upgrade hooks that never decide',
  ({ check }) => {
    check(
      'are answered with 503 by the deadline, give their bookings back, and serve a client ' +
        'that is let in',
      async (server) => {
        const clients = await Promise.all(
          Array.from({ length: PEERS }, async () => {
            const client = new RawClient(server.port);
            client.write(head({ requestLine: 'GET /never HTTP/1.1' }));
            return client;
          }),
        );
        await eventually('all hooks are asked', () => server.admission.booked === PEERS);
        const prompt = await RawClient.open(server.port);
        const statuses = await Promise.all(
          clients.map(async (client) => (await client.answer()).status),
        );
        expect(new Set(statuses)).toEqual(new Set([503]));
        for (const client of clients) client.destroy();
        await eventually(
          'all bookings but one are given back',
          () => server.admission.booked === 1,
        );
        prompt.destroy();
      },
    );
  },
  {
    limits,
    handlers: {
      upgrade: ({ path }) =>
        path === '/never' ? new Promise<never>(() => undefined) : { status: 101, data: undefined },
      close: () => undefined,
      open: () => undefined,
    },
  },
);
