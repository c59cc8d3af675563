// Tests of the net transport without sockets.
import type { ConnectionHandlers } from '@hioload/api';
import { FakeBytePool, FakeNetListener, type FakeNetOptions } from '@hioload/fake';
import { buildTransport, listen } from '@hioload/test-support/servers';
import { createNetTransport } from '@hioload/transport/net';
import { eventually } from '@hioload/test-support/waiting';
import { once } from 'node:events';
import { afterEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { NetDuplex } from './net-duplex.js';

const ends: (() => void)[] = [];

afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A server whose connections come out of memory, and what makes clients of it. */
async function serveInMemory(
  handlers: ConnectionHandlers,
  { roomBytes = 65_536, readBuffers = 0 }: FakeNetOptions = {},
) {
  const listener = new FakeNetListener();
  const pool = new FakeBytePool();
  const { transport } = await buildTransport(createNetTransport, {
    handlers,
    onFault: (error) => {
      throw error;
    },
    listener,
    pool,
  });
  await listen(transport);
  const connect = async (): Promise<WebSocket> => {
    const end = listener.connect({ roomBytes, readBuffers, remoteAddress: '192.0.2.1' });
    const stream = new NetDuplex(end);
    const socket = new WebSocket('ws://in.memory/', { createConnection: () => stream });
    await once(socket, 'open');
    return socket;
  };
  ends.push(() => transport.close());
  return { transport, pool, connect };
}

it.each([0, 2])('serves on bytes without a socket, %i read buffers lent', async (readBuffers) => {
  const closes: unknown[] = [];
  const { transport, pool, connect } = await serveInMemory(
    {
      message: (conn, message) => conn.send(message),
      close: (conn, code, reason) => closes.push([conn.remoteAddress, code, reason]),
    },
    { readBuffers },
  );
  const idleBlocks = pool.outstanding;
  const socket = await connect();
  const received: string[] = [];
  socket.on('message', (data: Buffer) => received.push(data.toString()));
  const sent = ['héllo', '', 'x'.repeat(200_000), 'end'];
  for (const text of sent) socket.send(text);
  await eventually('all echoes have come', () => received.length === sent.length);
  expect(received).toEqual(sent);
  socket.close(4001, 'bye');
  await once(socket, 'close');
  expect([closes, transport.connectionCount, pool.outstanding]).toEqual([
    [['192.0.2.1', 4001, 'bye']],
    0,
    idleBlocks,
  ]);
});

it('serves through a bottleneck of three bytes', async () => {
  const { connect } = await serveInMemory(
    { message: (conn, message) => conn.send(message) },
    { roomBytes: 3 },
  );
  const socket = await connect();
  const echoed = once(socket, 'message') as Promise<[Buffer]>;
  socket.send('through the eye of a needle');
  expect((await echoed)[0].toString()).toBe('through the eye of a needle');
  socket.terminate();
});
