// Tests of claiming a port before reactors bind it.
import { leaveOutUnlessLinux } from '@hioload/test-support/left-out';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { claimPort, lockPort } from '../../src/supervisor/port-claim.js';

const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
});

async function occupy(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  open.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function freePort(): Promise<number> {
  const port = await occupy('127.0.0.1');
  const server = open.pop()!;
  server.close();
  await once(server, 'close');
  return port;
}

describe('claimPort', () => {
  it('claims a free port, leaves it unbound for the reactors, and gives it back', async () => {
    const port = await freePort();
    const claim = await claimPort('127.0.0.1', port);
    const server = createServer().listen(port, '127.0.0.1');
    open.push(server);
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    claim.release();
    (await claimPort('127.0.0.1', port)).release();
  });

  it('names the option and the port that is in use', async () => {
    const port = await occupy('127.0.0.1');
    await expect(claimPort('127.0.0.1', port, '--port')).rejects.toMatchObject({
      code: 'HIOLOAD_PORT_IN_USE',
      message:
        `--port: ${port} is in use (127.0.0.1:${port}); ` +
        'choose a free port, or 0 for any free port',
    });
  });

  it('sees a listener on every address', async () => {
    const port = await occupy('0.0.0.0');
    await expect(claimPort('127.0.0.1', port)).rejects.toMatchObject({
      code: 'HIOLOAD_PORT_IN_USE',
    });
  });

  it.skipIf(leaveOutUnlessLinux('the claims of ports'))(
    'keeps out a second server that starts at the same moment',
    async () => {
      const port = await freePort();
      const attempts = await Promise.allSettled([
        claimPort('127.0.0.1', port),
        claimPort('127.0.0.1', port),
      ]);
      const claims = attempts.flatMap((attempt) =>
        attempt.status === 'fulfilled' ? attempt.value : [],
      );
      expect(claims).toHaveLength(1);
      claims[0]!.release();
    },
  );

  it.skipIf(leaveOutUnlessLinux('the claims of ports'))(
    'gives a claim back if the port turns out to be in use',
    async () => {
      const port = await occupy('127.0.0.1');
      await expect(claimPort('127.0.0.1', port)).rejects.toMatchObject({
        code: 'HIOLOAD_PORT_IN_USE',
      });
      (await lockPort('127.0.0.1', port)).release();
    },
  );

  it('refuses an address of another machine', async () => {
    await expect(claimPort('192.0.2.1', await freePort())).rejects.toMatchObject({
      code: 'HIOLOAD_ADDRESS_UNAVAILABLE',
      message: expect.stringMatching(
        /192\.0\.2\.1:\d+ cannot be bound \(EADDRNOTAVAIL\)/,
      ) as string,
    });
  });
});
