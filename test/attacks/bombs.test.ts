// Attacks with compressed messages that are much longer when inflated.
import { Metric } from '@hioload/api';
import type { RecordingServer } from '@hioload/test-support/servers';
import { compressing, describeSubjects } from '@hioload/test-support/subjects';
import { frame, head, newDeflater, Op, RawClient, showFrames } from '@hioload/test-support/wire';
import { expect } from 'vitest';
import { setImmediate as turn } from 'node:timers/promises';
import { expectServes } from './support/expect-serves.js';

const MIB = 1_048_576;
const BOMB_BYTES = 64 * MIB;
const PEERS = 30;
const OFFER = { 'Sec-WebSocket-Extensions': 'permessage-deflate' };
const NO_TAKEOVER = {
  'Sec-WebSocket-Extensions':
    'permessage-deflate; server_no_context_takeover; client_no_context_takeover',
};
const CONTEXT_BYTES = 2 * MIB;
/** More unfinished messages than the budget has contexts for. */
const MANY = 100;

function openAll(
  server: RecordingServer,
  count: number,
  fields: Readonly<Record<string, string>> = OFFER,
): Promise<RawClient[]> {
  const opened = Array.from({ length: count }, () => {
    const { requestLine } = server.record();
    return RawClient.open(server.port, { requestLine, fields });
  });
  return Promise.all(opened);
}

describeSubjects(
  'compressed bombs',
  ({ check }) => {
    check(
      'cost their own connections and no memory, although all inflate at once',
      async (server) => {
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
      },
    );

    check('deliver each of many small messages once', async (server) => {
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
      'are lent until the budget is used up; later connections share one without takeover',
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

    check(
      'serve every connection that agreed on one, however late its message comes',
      async (server) => {
        const clients = await openAll(server, PEERS);
        for (const client of clients) {
          const text = frame(Op.Text, newDeflater()(Buffer.from('a first message')), { rsv: 4 });
          client.write(text);
        }
        for (const client of clients) {
          await client.until('the echo', () => client.frames.length === 1);
          client.destroy();
        }
        expect(server.metrics.read(Metric.TakeoversDeclined)).toBeGreaterThan(0);
        expect(server.metrics.read(Metric.ContextsLost)).toBe(0);
      },
    );

    check('are taken first from connections that hold them and do not finish', async (server) => {
      const whole = newDeflater()(Buffer.from('in one frame or in two'));
      const first = frame(Op.Text, whole.subarray(0, 5), { rsv: 4, fin: false });
      const rest = frame(Op.Continuation, whole.subarray(5));
      // With the takeover that they decline, they hold a context that nobody has promised.
      const holders = await openAll(server, MANY, NO_TAKEOVER);
      for (const holder of holders) holder.write(first);
      const others = await openAll(server, 10, NO_TAKEOVER);
      for (const other of others) {
        other.write(frame(Op.Text, whole, { rsv: 4 }));
        await other.until('the echo', () => other.frames.length === 1);
        other.write(Buffer.concat([first, rest]));
        await other.until('the echo of the fragments', () => other.frames.length === 2);
      }
      expect(server.metrics.read(Metric.ContextsLost)).toBeGreaterThan(MANY / 2);
      for (const holder of holders) holder.write(rest);
      for (const holder of holders)
        await holder.until('the echo or the end', () => holder.frames.length === 1);
      const codes = holders.map(({ frames }) => showFrames(frames).closeCode);
      expect(codes[0]).toBe(1013);
      expect(codes.at(-1)).toBe(0);
      for (const client of [...holders, ...others]) client.destroy();
    });
  },
  compressing({ contextTakeover: true, minBytes: 0, maxContextBytes: CONTEXT_BYTES }),
);
