// Tests of claiming a port before reactors bind it.
import { leaveOutIf, leaveOutUnlessLinux } from '@hioload/test-support/left-out';
import { freePort } from '@hioload/test-support/servers';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { afterEach, describe, expect, it } from 'vitest';
import { claimPort, type PortClaim } from '../../src/supervisor/port-claim.js';

const open: Server[] = [];
const claims: PortClaim[] = [];
afterEach(() => {
  for (const server of open.splice(0)) server.close();
  for (const claim of claims.splice(0)) claim.release();
});

async function occupy(host: string): Promise<number> {
  const server = createServer().listen(0, host);
  open.push(server);
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

async function claimed(host: string, port: number): Promise<PortClaim> {
  const claim = await claimPort(host, port);
  claims.push(claim);
  return claim;
}

const PORT_IN_USE = { code: 'HIOLOAD_PORT_IN_USE' };
const notOnLinux = leaveOutUnlessLinux('the claims of ports');
const noIpv6 = leaveOutIf(
  !Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .some(({ family }) => family === 'IPv6'),
  {
    what: 'the claims of IPv6 addresses',
    reason: 'this machine has no IPv6 address',
    command: 'npm test, with net.ipv6.conf.lo.disable_ipv6=0',
  },
);

describe('claimPort', () => {
  it('claims a free port, leaves it unbound for the reactors, and gives it back', async () => {
    const port = await freePort();
    const claim = await claimPort('127.0.0.1', port);
    expect(claim.address).toBe('127.0.0.1');
    const server = createServer().listen(port, '127.0.0.1');
    open.push(server);
    await once(server, 'listening');
    server.close();
    await once(server, 'close');
    claim.release();
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
    await expect(claimPort('127.0.0.1', port)).rejects.toMatchObject(PORT_IN_USE);
  });

  it.skipIf(notOnLinux).each([
    ['127.0.0.1', 'localhost'],
    ['127.0.0.1', '127.1'],
    ['127.0.0.1', `127.0.0.${'0'.repeat(110)}1`],
    ['127.0.0.1', '0x7f.0.0.1'],
    ['127.0.0.1', '0.0.0.0'],
    ['127.0.0.2', '0.0.0.0'],
  ])('keeps %s and %s apart, whichever comes first', async (a, b) => {
    for (const [first, second] of [
      [a, b],
      [b, a],
    ] as const) {
      const port = await freePort();
      const claim = await claimed(first, port);
      await expect(claimPort(second, port)).rejects.toMatchObject({
        code: 'HIOLOAD_PORT_IN_USE',
        message: expect.stringContaining(`by the server of process ${process.pid}`) as string,
      });
      claim.release();
      await claimed(second, port);
    }
  });

  it.skipIf(notOnLinux || noIpv6).each([
    ['127.0.0.1', '::ffff:127.0.0.1'],
    ['127.0.0.1', '::ffff:7f00:1'],
    ['::ffff:0.0.0.0', '127.0.0.1'],
    ['127.0.0.1', '::'],
    ['0.0.0.0', '::'],
    ['::1', '::'],
    ['::1', '0:0::0:1'],
  ])('keeps %s and %s apart, whichever comes first', async (a, b) => {
    for (const [first, second] of [
      [a, b],
      [b, a],
    ] as const) {
      const port = await freePort();
      const claim = await claimed(first, port);
      await expect(claimPort(second, port)).rejects.toMatchObject(PORT_IN_USE);
      claim.release();
      await claimed(second, port);
    }
  });

  it.skipIf(notOnLinux)('lets servers on different addresses or ports be', async () => {
    const port = await freePort();
    await claimed('127.0.0.1', port);
    await claimed('127.0.0.2', port);
    await claimed('127.0.0.1', await freePort());
    const long = `127.0.0.${'0'.repeat(110)}3`;
    await claimed(long, port);
    await claimed(long, await freePort());
  });

  it.skipIf(notOnLinux)('lets one of several servers in that start at once', async () => {
    for (let round = 0; round < 5; round++) {
      const port = await freePort();
      const hosts = ['127.0.0.1', 'localhost', '0.0.0.0', '127.1'];
      const attempts = await Promise.allSettled(hosts.map((host) => claimed(host, port)));
      expect(attempts.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
      for (const claim of claims.splice(0)) claim.release();
    }
  });

  it.skipIf(notOnLinux)('claims the port that the system chose', async () => {
    const claim = await claimed('127.0.0.1', 0);
    const port = await freePort();
    await claim.settle(port);
    await expect(claimPort('localhost', port)).rejects.toMatchObject(PORT_IN_USE);
    const second = await claimed('0.0.0.0', 0);
    await expect(second.settle(port)).rejects.toMatchObject(PORT_IN_USE);
  });

  it.skipIf(notOnLinux)('does not heed the claim of another user', async () => {
    const port = await freePort();
    await claimed('127.0.0.1', port);
    const [, name = ''] =
      new RegExp(`@(hioload-ws/port/${port}/[^@\\s]+)`).exec(
        readFileSync('/proc/self/net/unix', 'latin1'),
      ) ?? [];
    claims.pop()!.release();
    // The stranger takes the very name of the claim, and others that name its own process.
    const code =
      'const { createServer } = require("node:net");' +
      `const [name, port] = ${JSON.stringify([name, port])};` +
      'const own = `hioload-ws/port/${port}/127.0.0.1/${process.pid}/00ff`;' +
      'const take = (path) => new Promise((done) => createServer().listen({ path }, done));' +
      'Promise.all([take("\\0" + name), take("\\0" + own)]).then(() => console.log("taken"));';
    const isRoot = process.geteuid?.() === 0;
    const stranger = spawn(process.execPath, ['-e', code], {
      stdio: ['ignore', 'pipe', 'inherit'],
      ...(isRoot && { uid: 65_534, gid: 65_534 }),
    });
    try {
      await once(stranger.stdout, 'data');
      if (isRoot) await claimed('127.0.0.1', port);
      else await expect(claimPort('127.0.0.1', port)).rejects.toMatchObject(PORT_IN_USE);
    } finally {
      stranger.kill();
      await once(stranger, 'exit');
    }
  });

  it('names the host if it is an address of another machine', async () => {
    await expect(claimPort('192.0.2.1', await freePort())).rejects.toMatchObject({
      code: 'HIOLOAD_ADDRESS_UNAVAILABLE',
      message:
        'host must be an address or a name of this machine; got "192.0.2.1", ' +
        'which cannot be bound (EADDRNOTAVAIL)',
    });
  });
});
