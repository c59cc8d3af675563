// Attacks that try to make a server keep memory.
import { describeSubjects } from '@hioload/test-support/subjects';
import { frame, head, Op, RawClient } from '@hioload/test-support/wire';
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'vitest';
import { retainedBytes } from './support/retained.js';

// Peers that have the server hold more than they send.

const PEERS = 200;
const KIB = 1_024;
/**
 * What a connection and its client, which is in this process too, may hold when nothing of a
 * message is kept.
 */
const IDLE_BYTES = 24 * KIB;

interface Crowd {
  readonly clients: readonly RawClient[];
  readonly retainedBefore: number;
  leave(): void;
}

async function gather(port: number): Promise<Crowd> {
  const retainedBefore = await retainedBytes();
  const clients = Array.from({ length: PEERS }, () => new RawClient(port));
  await Promise.all(
    clients.map(async (client) => {
      client.write(head());
      await client.answer();
    }),
  );
  return { clients, retainedBefore, leave: () => clients.forEach((client) => client.destroy()) };
}

/** Lets all that was written arrive. */
async function settle({ clients }: Crowd): Promise<void> {
  await Promise.all(
    clients.map((client) =>
      client.until('all is written', () => client.isEnded || client.socket.writableLength === 0),
    ),
  );
  for (let i = 0; i < 20; i++) await turn();
}

describeSubjects(
  'memory',
  ({ check }) => {
    const holdsLittle = (
      title: string,
      bytesOf: (i: number) => readonly Buffer[],
      mostBytes: number,
      exemptions: readonly string[] = [],
    ): void => {
      check(
        title,
        async (server) => {
          const crowd = await gather(server.port);
          for (const [i, client] of crowd.clients.entries())
            for (const bytes of bytesOf(i)) client.write(bytes);
          await settle(crowd);
          const perPeer = ((await retainedBytes()) - crowd.retainedBefore) / PEERS;
          crowd.leave();
          expect(perPeer).toBeLessThan(mostBytes);
          expect(server.faults).toEqual([]);
        },
        { exemptions },
      );
    };

    holdsLittle(
      'a header that announces a message of 1 MiB takes no memory for it',
      () => [frame(Op.Binary, 'x', { announcedBytes: 1_048_576n })],
      IDLE_BYTES,
    );
    holdsLittle(
      'a fragment that announces a message of 1 MiB takes no memory for it',
      () => [
        frame(Op.Binary, 'x', { fin: false }),
        frame(Op.Continuation, 'x', { announcedBytes: 1_048_575n }),
      ],
      IDLE_BYTES,
    );
    holdsLittle(
      'a thousand fragments of one octet take little more than their octets',
      () => [
        frame(Op.Binary, 'x', { fin: false }),
        Buffer.concat(
          Array.from({ length: 1_000 }, () => frame(Op.Continuation, 'x', { fin: false })),
        ),
      ],
      IDLE_BYTES + 4 * KIB,
    );
    holdsLittle(
      'a few octets behind a long message do not hold its chunk',
      () => [
        Buffer.concat([
          frame(Op.Pong, Buffer.alloc(100)),
          frame(Op.Binary, Buffer.alloc(60_000)),
          Buffer.from([0x82, 0xfe, 0x10]),
        ]),
      ],
      IDLE_BYTES,
    );
    holdsLittle(
      'a message that is half there takes at most twice what came',
      () => [frame(Op.Binary, Buffer.alloc(32 * KIB), { announcedBytes: 1_000_000n })],
      IDLE_BYTES + 2 * 32 * KIB,
    );
  },
  { handlers: { message: () => undefined } },
);
