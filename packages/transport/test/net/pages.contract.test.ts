// Tests of pages that a client of the net transport reads slowly.
import type { Page } from '@hioload/api';
import { FakeBytePool } from '@hioload/fake';
import { buildTransport, listen } from '@hioload/test-support/servers';
import { eventually } from '@hioload/test-support/waiting';
import { RawClient } from '@hioload/test-support/wire';
import { afterEach, describe, expect, it } from 'vitest';
import { createNetTransport, type NetTransport } from '../../src/net/index.js';
import { OwnNetConn } from './own-net-conn.js';
import { open } from './stage.js';

/** More than the kernel takes at once for a client that does not read. */
const LARGE: Page = { type: 'text/plain', body: Buffer.alloc(12 * 1024 * 1024, 0x2e) };
const pages = new Map([['/large', LARGE]]);
const REQUEST = 'GET /large HTTP/1.1\r\nHost: localhost\r\n\r\n';

let transport: NetTransport | undefined;

afterEach(() => {
  transport?.close();
  transport = undefined;
});

describe.each(['handles', 'plain'] as const)('a large page on %s', (sockets) => {
  async function serveLarge(): Promise<{ readonly port: number; readonly pool: FakeBytePool }> {
    const pool = new FakeBytePool();
    const built = await buildTransport(createNetTransport, {
      path: '/ws',
      pages,
      onFault: (error) => {
        throw error;
      },
      pool,
      sockets,
    });
    ({ transport } = built);
    return { port: await listen(built.transport), pool };
  }

  it('arrives whole if the client has shut its own side', async () => {
    const { port } = await serveLarge();
    const client = new RawClient(port, { allowHalfOpen: true });
    client.socket.pause();
    client.socket.end(REQUEST);
    await eventually('the first bytes wait to be read', () => client.socket.bytesWritten > 0);
    client.socket.resume();
    const { status, body } = await client.answer();
    expect([status, body.length]).toEqual([200, LARGE.body.length]);
    client.destroy();
  });

  it('takes no memory for each client that does not read it', async () => {
    const { port, pool } = await serveLarge();
    const before = process.memoryUsage().arrayBuffers;
    const blocks = pool.outstandingBytes;
    const clients = Array.from({ length: 8 }, () => new RawClient(port));
    for (const client of clients) client.socket.pause();
    for (const client of clients) client.write(REQUEST);
    await eventually('all have asked', () =>
      clients.every(({ socket }) => socket.bytesWritten > 0),
    );
    const late = new RawClient(port);
    late.write('GET /none HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await late.answer();
    expect(pool.outstandingBytes - blocks).toBeLessThan(65_536);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(LARGE.body.length);
    for (const client of [...clients, late]) client.destroy();
  });
});

describe('a page that is taken slowly', () => {
  it('goes on as long as the client takes bytes, and is cut after that', async () => {
    const { transport: own, clock } = await open({}, { pages });
    const net = new OwnNetConn();
    net.isTaking = false;
    own.accept(net);
    net.arrive(REQUEST);
    expect(net.calls).toEqual(['shutdown']);
    for (let i = 0; i < 10; i++) {
      clock.advance(20_000);
      expect(net.calls).toEqual(['shutdown']);
      net.bufferedBytes -= 1_000_000;
    }
    clock.advance(20_000);
    clock.advance(20_000);
    clock.advance(20_000);
    expect(net.calls).toEqual(['shutdown', 'abort']);
  });
});
