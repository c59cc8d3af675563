// Attacks with compressed messages that are much longer when inflated.
import { compressing, describeSubjects } from '@hioload/test-support/subjects';
import { frame, head, newDeflater, Op, RawClient, showFrames } from '@hioload/test-support/wire';
import { expect } from 'vitest';
import { setImmediate as turn } from 'node:timers/promises';
import { expectServes } from './support/expect-serves.js';

const MIB = 1_048_576;
const BOMB_BYTES = 64 * MIB;
const PEERS = 30;
const OFFER = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };
const CONTEXT_BYTES = 2 * MIB;

describeSubjects(
  'compressed bombs',
  ({ check }) => {
    check('that all go off at once cost their connections, and no memory', async (server) => {
      const bomb = frame(Op.Binary, newDeflater()(Buffer.alloc(BOMB_BYTES)), { rsv: 4 });
      const rssBefore = process.memoryUsage.rss();
      let rssPeak = rssBefore;
      const clients = await Promise.all(
        Array.from({ length: PEERS }, async () => {
          const { requestLine } = server.record();
          return RawClient.open(server.port, { requestLine, fields: OFFER });
        }),
      );
      for (const client of clients) client.write(bomb);
      while (!clients.every(({ isEnded }) => isEnded)) {
        rssPeak = Math.max(rssPeak, process.memoryUsage.rss());
        await turn();
      }
      for (const client of clients) {
        expect(showFrames(client.frames).closeCode).toBe(1009);
        client.destroy();
      }
      // All of them inflated would be 1.9 GB; each up to its limit, 30 MiB.
      expect(rssPeak - rssBefore).toBeLessThan(150 * MIB);
      await expectServes(server);
    });

    check('of many small messages are as many messages, and no more', async (server) => {
      const { recording, requestLine } = server.record();
      const client = await RawClient.open(server.port, { requestLine, fields: OFFER });
      const payload = newDeflater()(Buffer.alloc(100_000));
      client.write(
        Buffer.concat(Array.from({ length: 50 }, () => frame(Op.Binary, payload, { rsv: 4 }))),
      );
      await client.until('all echoes', () => client.frames.length === 50);
      client.destroy();
      expect(recording.messages).toHaveLength(50);
    });
  },
  compressing({}),
);

describeSubjects(
  'contexts of compression',
  ({ check }) => {
    check(
      'are lent as far as their budget goes; beyond, connections compress without',
      async (server) => {
        const clients: RawClient[] = [];
        const answers: string[] = [];
        for (let i = 0; i < PEERS; i++) {
          const client = new RawClient(server.port);
          clients.push(client);
          client.write(head({ fields: OFFER }));
          const { fields } = await client.answer();
          answers.push(fields.get('sec-websocket-extensions') ?? 'declined');
          client.write(frame(Op.Text, newDeflater()(Buffer.from('take a context')), { rsv: 4 }));
          await client.until('the echo', () => client.frames.length === 1);
        }
        for (const client of clients) client.destroy();
        const keeping = answers.filter((answer) => answer === 'permessage-deflate');
        expect(keeping.length).toBeGreaterThan(0);
        expect(keeping.length).toBeLessThan(PEERS);
        expect(answers.at(-1)).toBe(
          'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
        );
      },
    );
  },
  compressing({ contextTakeover: true, minBytes: 0, maxContextBytes: CONTEXT_BYTES }),
);
