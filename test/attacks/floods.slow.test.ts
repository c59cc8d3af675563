// Attacks with very many pings, messages or frames.
import { AdmissionTable, SharedAdmission } from '@hioload/pool';
import { DEFAULT_LIMITS, Metric } from '@hioload/api';
import { serveRecording } from '@hioload/test-support/servers';
import { describeSubjects } from '@hioload/test-support/subjects';
import { eventually } from '@hioload/test-support/waiting';
import { frame, head, Op, RawClient, showFrames } from '@hioload/test-support/wire';
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'vitest';
import { expectServes } from './support/expect-serves.js';
import { retainedBytes } from './support/retained.js';

const MIB = 1_048_576;
/** More than the kernel holds for a connection whose peer does not read. */
const PING_FLOOD_BYTES = 24 * MIB;

/** Writes until so much was written or the server takes no more. */
async function flood(client: RawClient, chunk: Buffer, bytes: number): Promise<void> {
  for (let sent = 0; sent < bytes && !client.isEnded; sent += chunk.length) {
    client.write(chunk);
    await turn();
    // A server that stops to read lets the bytes pile up here.
    if (client.socket.writableLength > 4 * MIB) return;
  }
}

describeSubjects('floods', ({ check }) => {
  check(
    'of pings by a peer that reads no pong fill the outbound queue and no more',
    async (server) => {
      const { recording, requestLine } = server.record();
      const client = new RawClient(server.port);
      client.write(head({ requestLine }));
      await client.answer();
      client.socket.pause();
      const chunk = Buffer.concat(
        Array.from({ length: 500 }, (_, i) => frame(Op.Ping, String(i).padEnd(125, '.'))),
      );
      let mostBuffered = 0;
      for (let sent = 0; sent < PING_FLOOD_BYTES; sent += 16 * chunk.length) {
        await flood(client, chunk, 16 * chunk.length);
        mostBuffered = Math.max(mostBuffered, recording.conn!.bufferedBytes);
        if (recording.conn!.state !== 'open') break;
      }
      // What one read asks for at most comes on top of the limit.
      expect(mostBuffered).toBeLessThan(DEFAULT_LIMITS.maxBufferedBytes + 0.6 * MIB);
      await expectServes(server);
      client.destroy();
      await recording.closed;
    },
  );

  check(
    'of empty messages end their connection at the limit of messages a second',
    async (server) => {
      const { recording, requestLine } = server.record();
      const client = new RawClient(server.port);
      client.write(head({ requestLine }));
      await client.answer();
      const chunk = Buffer.concat(Array.from({ length: 2_000 }, () => frame(Op.Text)));
      const startedAt = performance.now();
      await flood(client, chunk, 100 * chunk.length);
      await client.until('the end', () => client.isEnded);
      await recording.closed;
      client.destroy();
      // The rate limit of messages ends it.
      expect(showFrames(client.frames).closeCode).toBe(1008);
      const seconds = (performance.now() - startedAt) / 1_000;
      expect(recording.messages.length).toBeLessThan(
        1.01 * (1 + seconds) * DEFAULT_LIMITS.maxMessagesPerSecond,
      );
      await expectServes(server);
    },
  );

  check(
    'end with the close code of their first fault, although the peer sends on',
    async (server) => {
      const { recording, requestLine } = server.record();
      const client = await RawClient.open(server.port, { requestLine });
      client.write(frame(3, 'no such opcode'));
      await flood(client, Buffer.alloc(262_144), 32 * MIB);
      await client.ended();
      await recording.closed;
      client.destroy();
      expect(showFrames(client.frames).closeCode).toBe(1002);
      expect(recording.closes.map(([code]) => code)).toEqual([1002]);
      await expectServes(server);
    },
    { exemptions: ['no-close-frame'] },
  );

  check(
    'of frames behind an undecided handshake are held back, and none is lost',
    async ({ subject }) => {
      let decide = (): void => undefined;
      const decided = new Promise<void>((resolve) => (decide = resolve));
      let received = 0;
      const server = await serveRecording(subject, {
        limits: { maxMessagesPerSecond: 0 },
        handlers: {
          async upgrade() {
            await decided;
            return { status: 101, data: undefined };
          },
          message: () => void received++,
          open: () => undefined,
          close: () => undefined,
        },
      });
      const client = new RawClient(server.port);
      client.write(head());
      await eventually('the hook is asked', () => server.admission.booked === 1);
      const chunk = frame(Op.Binary, Buffer.alloc(65_536));
      const chunks = Math.ceil((24 * MIB) / chunk.length);
      const before = await retainedBytes();
      for (let i = 0; i < chunks; i++) client.write(chunk);
      for (let i = 0; i < 200; i++) await turn();
      // What is not taken piles up at the client, whose chunk it is all the time.
      expect((await retainedBytes()) - before).toBeLessThan(2 * MIB);
      decide();
      expect((await client.answer()).status).toBe(101);
      await eventually('all frames', () => received === chunks);
      client.destroy();
      server.close();
    },
    { exemptions: ['early-frames-505'] },
  );

  check('of unasked pongs are accepted and cost nothing', async (server) => {
    const { recording, requestLine } = server.record();
    const client = new RawClient(server.port);
    client.write(head({ requestLine }));
    await client.answer();
    await flood(
      client,
      Buffer.concat(Array.from({ length: 1_000 }, () => frame(Op.Pong, 'x'))),
      1 * MIB,
    );
    client.write(frame(Op.Text, 'done'));
    await client.until('the echo', () => client.frames.length > 0);
    expect(showFrames(client.frames)).toMatchObject({ data: ['text 646f6e65'], pongs: [] });
    client.destroy();
    await recording.closed;
  });
});

const PER_ADDRESS = 10;
const ATTEMPTS = 60;
const limits = { ...DEFAULT_LIMITS, maxConnectionsPerAddress: PER_ADDRESS };

describeSubjects(
  'connections of one address',
  ({ check }) => {
    check(
      'are served up to the limit; more get 429, although some handshakes are half done',
      async (server) => {
        const slow = Array.from(
          { length: 20 },
          () => new RawClient(server.port, { localAddress: '127.0.0.9' }),
        );
        for (const client of slow) client.write(head().slice(0, -4));
        const attempts = Array.from(
          { length: ATTEMPTS },
          () => new RawClient(server.port, { localAddress: '127.0.0.9' }),
        );
        const statuses = await Promise.all(
          attempts.map(async (client) => {
            client.write(head());
            const { status, fields } = await client.answer();
            if (status === 429) expect(Number(fields.get('retry-after'))).toBeGreaterThan(0);
            return status;
          }),
        );
        expect(statuses.filter((status) => status === 101)).toHaveLength(PER_ADDRESS);
        expect(statuses.filter((status) => status === 429)).toHaveLength(ATTEMPTS - PER_ADDRESS);
        expect(server.metrics.read(Metric.RejectedAddressFull)).toBe(ATTEMPTS - PER_ADDRESS);
        // Another address is served all the while.
        const other = new RawClient(server.port);
        other.write(head());
        expect((await other.answer()).status).toBe(101);
        for (const client of [...slow, ...attempts, other]) client.destroy();
      },
    );
  },
  { limits, admission: new SharedAdmission(new AdmissionTable(1), 0, limits) },
);
