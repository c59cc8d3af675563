// Tests of the count of sockets on a port.
import { leaveOutUnlessLinux } from '@hioload/test-support/left-out';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { expect, it } from 'vitest';
import { takeSocketCensus } from '../../src/supervisor/socket-census.js';

const linux = it.skipIf(leaveOutUnlessLinux('the census of sockets'));

async function pair(): Promise<{ port: number; ours: Socket; peer: Socket; done(): void }> {
  const server = createServer({ allowHalfOpen: true, noDelay: true }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const peer = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
  const [ours] = (await once(server, 'connection')) as [Socket];
  const done = (): void => {
    ours.destroy();
    peer.destroy();
    server.close();
  };
  return { port, ours, peer, done };
}

/** Polls until the census is as expected, because the kernel changes its states after the calls. */
async function expectCensus(port: number, undelivered: number, unanswered: number): Promise<void> {
  await expect.poll(() => takeSocketCensus(port)).toEqual({ undelivered, unanswered });
}

linux('counts neither an open socket with nothing to send nor a listening one', async () => {
  const { port, done } = await pair();
  await expectCensus(port, 0, 0);
  done();
});

linux(
  'counts a socket whose last bytes the peer has, and which the peer has not closed, as unanswered',
  async () => {
    const { port, ours, peer, done } = await pair();
    peer.resume();
    ours.end('farewell');
    await expectCensus(port, 0, 1);
    peer.end();
    ours.resume();
    await expectCensus(port, 0, 0);
    done();
  },
);

linux('counts a socket whose bytes the peer does not take as undelivered', async () => {
  const { port, ours, peer, done } = await pair();
  peer.pause();
  ours.end(Buffer.alloc(32 * 1_048_576));
  await expectCensus(port, 1, 0);
  peer.resume();
  await expectCensus(port, 0, 1);
  done();
});

it('reports that the system has no figures', async () => {
  expect(await takeSocketCensus(9_001, '/nowhere')).toBeUndefined();
});
