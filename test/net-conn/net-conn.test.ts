// Runs the contract of network connections on sockets and in memory.
import type { NetAddress, NetConn } from '@hioload/api';
import { FakeBytePool, FakeNetConn } from '@hioload/fake';
import { openHandles, SocketConn, SocketListener } from '@hioload/transport/internal';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { describeNetConn, type Ends, firstOf } from './net-conn-contract.js';

const READ_BUFFER_BYTES = 65_536;
let folder: string;
let sockets = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hioload-net-'));
});

afterAll(() => rm(folder, { recursive: true }));

/** A listener of the transport's own, and a plain socket of Node that connects to it. */
async function overSockets(kind: 'handles' | 'plain', over: 'tcp' | 'unix'): Promise<Ends> {
  const access = await openHandles(new FakeBytePool());
  if (!access.ok) throw new Error(access.reason);
  const pool = new FakeBytePool();
  const listener = new SocketListener({
    pool,
    doors: kind === 'handles' ? access.doors : undefined,
    readBuffer: new Uint8Array(READ_BUFFER_BYTES),
  });
  const path = join(folder, `socket-${sockets++}`);
  const address: NetAddress =
    over === 'unix' ? { path } : { host: '127.0.0.1', port: 0, shared: false };
  let accepted: ((conn: NetConn) => void) | undefined;
  const server = new Promise<NetConn>((resolve) => {
    accepted = resolve;
  });
  const port = await listener.listen(address, (conn) => accepted?.(conn));
  const options = over === 'unix' ? { path } : { host: '127.0.0.1', port };
  const socket: Socket = connect({ ...options, allowHalfOpen: true });
  await firstOf(socket, 'connect');
  return {
    server: await server,
    client: new SocketConn(socket),
    resets: over === 'tcp',
    dispose: () => listener.close(),
  };
}

for (const kind of ['handles', 'plain'] as const) {
  for (const over of ['tcp', 'unix'] as const) {
    const name = `${kind === 'handles' ? 'handle' : 'socket'} over ${over}`;
    describeNetConn(name, kind === 'handles' ? 0 : Infinity, () => overSockets(kind, over));
  }
}

for (const readBuffers of [0, 1, 3]) {
  describeNetConn(`in memory with ${readBuffers} read buffers to lend`, readBuffers, async () => {
    const [server, client] = FakeNetConn.pair({ readBuffers });
    return { server, client, resets: true, dispose: () => undefined };
  });
}

it('shows the address of its peer, and an empty one over a Unix socket', async () => {
  for (const kind of ['handles', 'plain'] as const) {
    const tcp = await overSockets(kind, 'tcp');
    const unix = await overSockets(kind, 'unix');
    expect([tcp.server.remoteAddress, unix.server.remoteAddress]).toEqual(['127.0.0.1', '']);
    for (const { server, client, dispose } of [tcp, unix]) {
      server.close();
      client.close();
      dispose();
    }
  }
});
