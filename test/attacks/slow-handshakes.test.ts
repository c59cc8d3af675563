import { expect } from 'vitest';
import { eventually } from '../contract/eventually.js';
import { head } from '../wire/head.js';
import { RawClient } from '../wire/raw-client.js';
import { describeSubjects } from '../subjects/describe-subjects.js';
import { expectServes } from './support/expect-serves.js';

const PEERS = 400;
const limits = { handshakeTimeoutSeconds: 2, upgradeTimeoutSeconds: 1 };

describeSubjects(
  'handshakes that take their time',
  ({ check }) => {
    check('hold no booking, keep nobody out, and are cut', async (server) => {
      const pieces = ['', 'GET / HTTP/1.1\r\n', head().slice(0, 60), head().slice(0, -1)];
      const clients = Array.from({ length: PEERS }, (_, i) => {
        const client = new RawClient(server.port);
        if (pieces[i % pieces.length] !== '') client.write(pieces[i % pieces.length]!);
        return client;
      });
      await Promise.all(clients.map((client) => new Promise((resolve) => client.socket.once('connect', resolve))));
      await expectServes(server);
      expect(server.admission.asked).toHaveLength(1);
      await Promise.all(clients.map((client) => client.ended(25_000)));
      for (const client of clients) client.destroy();
    });
  },
  { limits },
);

describeSubjects(
  'upgrade hooks that never decide',
  ({ check }) => {
    check(
      'are answered with 503 by the deadline, give their bookings back, and serve a client that is let in',
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
        const statuses = await Promise.all(clients.map(async (client) => (await client.answer()).status));
        expect(new Set(statuses)).toEqual(new Set([503]));
        for (const client of clients) client.destroy();
        await eventually('all bookings but one are given back', () => server.admission.booked === 1);
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
