// Tests of the death of a ring: another thread frees what the dead one held.
import { leaveOutIf } from '@hioload/test-support/left-out';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { Worker } from 'node:worker_threads';
import { describe, expect, test } from 'vitest';
import { openLibc } from '../../src/index.js';
import { RingLedger } from '../../src/internal.js';
import type { OwnerData } from './owner.js';
import { whyNoRing } from './why-no-ring.js';

const DEATHS = 20;
const CLIENTS = 20;

const door = openLibc();
const reason = whyNoRing(door);
const isLeftOut = leaveOutIf(reason !== undefined, {
  what: 'the death of a ring',
  reason: reason ?? '',
  command: 'npm run test:matrix, which runs Node 26, on a kernel that allows io_uring',
});

describe.skipIf(isLeftOut)('RingLedger', () => {
  const libc = door.ok ? door.libc : undefined!;

  test.each([
    ['that the thread serves', false],
    ['that the kernel accepted and the thread never saw', true],
  ])(`${DEATHS} deaths leave no client %s, no descriptor and no mapping`, async (_, unseen) => {
    const before = { descriptors: descriptors(), mappings: mappings() };
    for (let death = 0; death < DEATHS; death++) {
      const ledger = RingLedger.create(65_536);
      const owner = new Worker(new URL('owner.ts', import.meta.url), {
        workerData: { memory: ledger.memory, unseen } satisfies OwnerData,
        execArgv: ['--import=tsx', '--conditions=hioload-source'],
      });
      const [port] = (await once(owner, 'message')) as [number];
      const clients = await Promise.all(
        Array.from({ length: CLIENTS }, async () => {
          const socket = connect(port, '127.0.0.1');
          socket.on('error', () => undefined).resume();
          await once(socket, 'connect');
          return socket;
        }),
      );
      owner.postMessage('take');
      await once(owner, 'message');
      const ends = clients.map((client) => once(client, 'close'));

      await owner.terminate();
      const { sockets, mappedBytes } = ledger.settle(libc);

      expect(sockets).toBe(CLIENTS + 1);
      expect(mappedBytes).toBeGreaterThan(4 * 2 ** 20);
      await Promise.all(ends);
      expect(ledger.settle(libc)).toEqual({ sockets: 0, mappedBytes: 0 });
    }
    expect(mappings()).toBe(before.mappings);
    expect(descriptors()).toBeLessThanOrEqual(before.descriptors);
  });
});

function descriptors(): number {
  return readdirSync('/proc/self/fd').length;
}

/** Mappings of rings. libuv has some of its own, one for each loop. */
function mappings(): number {
  return readFileSync('/proc/self/maps', 'utf8').split('anon_inode:[io_uring]').length;
}
