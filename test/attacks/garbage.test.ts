// Attacks with random bytes.
import { Prng } from '@hioload/test-support/random';
import { describeSubjects } from '@hioload/test-support/subjects';
import { head, RawClient } from '@hioload/test-support/wire';
import { setImmediate as turn } from 'node:timers/promises';
import { expect } from 'vitest';
import { cutAtRandom, makeSession } from '../protocol/sessions.js';
import { expectServes } from './support/expect-serves.js';

// Bytes that no client would send, over real sockets. Each attempt repeats by its seed.

const SEED = Number(process.env['HIOLOAD_ATTACK_SEED'] ?? Date.now() % 2 ** 31);
const ATTEMPTS = 300;

describeSubjects(`garbage (HIOLOAD_ATTACK_SEED=${SEED})`, ({ check }) => {
  check('instead of a handshake costs only its own connection', async (server) => {
    for (let i = 0; i < ATTEMPTS / 3; i++) {
      const random = new Prng(SEED + i);
      const bytes = Buffer.from(head(), 'latin1');
      for (let changes = random.below(8); changes >= 0; changes--)
        bytes[random.below(bytes.length)] = random.word();
      const client = new RawClient(server.port);
      for (const piece of cutAtRandom(random, bytes.subarray(0, random.below(bytes.length + 1))))
        client.write(piece);
      await turn();
      if (random.oneIn(2)) client.socket.resetAndDestroy();
      else client.destroy();
    }
    await expectServes(server);
  });

  check('after a handshake costs only its own connection', async (server) => {
    for (let i = 0; i < ATTEMPTS; i++) {
      const random = new Prng(SEED + i);
      const { requestLine } = server.record();
      const client = new RawClient(server.port);
      client.write(head({ requestLine }));
      await client.answer();
      for (const piece of cutAtRandom(random, makeSession(random, true))) {
        if (client.isEnded) break;
        client.write(piece);
        if (random.oneIn(4)) await turn();
      }
      await turn();
      expect(client.faults, `seed ${SEED + i}`).toEqual([]);
      if (random.oneIn(2)) client.socket.resetAndDestroy();
      else client.destroy();
    }
    await expectServes(server);
    expect(server.transport.connectionCount).toBe(0);
    expect(server.admission.booked).toBe(0);
  });
});
