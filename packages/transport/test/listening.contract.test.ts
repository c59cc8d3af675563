// Tests of listening: ports, shared ports and closing.
import { eventually } from '@hioload/test-support/waiting';
import { frame, Op, RawClient } from '@hioload/test-support/wire';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { makeServer, serve, type TestServer } from './support/server.js';

const open: Pick<TestServer, 'transport'>[] = [];

async function make(): Promise<Omit<TestServer, 'port'>> {
  const server = await makeServer();
  open.push(server);
  return server;
}

afterEach(() => {
  for (const { transport } of open.splice(0)) transport.close();
});

const LOOPBACK = { host: '127.0.0.1', shared: false };

describe('listen', () => {
  it('takes a free port and returns its number', async () => {
    const { transport } = await make();
    const port = await transport.listen({ ...LOOPBACK, port: 0 });
    expect(port).toBeGreaterThan(0);
    const client = await RawClient.open(port);
    client.destroy();
  });

  it('shares a port, also one that was chosen as free, with others that share it', async () => {
    const [first, second, third] = [await make(), await make(), await make()];
    const port = await first.transport.listen({ host: '127.0.0.1', port: 0, shared: true });
    expect(await second.transport.listen({ host: '127.0.0.1', port, shared: true })).toBe(port);
    await expect(third.transport.listen({ ...LOOPBACK, port })).rejects.toMatchObject({
      code: 'HIOLOAD_PORT_IN_USE',
    });
  });

  it('does not steal connections from a socket that listens already', async () => {
    const [first, second] = [await make(), await make()];
    const port = await first.transport.listen({ ...LOOPBACK, port: 0 });
    await expect(second.transport.listen({ ...LOOPBACK, port })).rejects.toMatchObject({
      code: 'HIOLOAD_PORT_IN_USE',
    });
  });

  it.each([true, false])('tells a port that Node listens on (shared: %s)', async (shared) => {
    const foreign = createServer().listen(0, '127.0.0.1');
    await once(foreign, 'listening');
    const { port } = foreign.address() as { port: number };
    const { transport } = await make();
    await expect(transport.listen({ host: '127.0.0.1', port, shared })).rejects.toMatchObject({
      code: 'HIOLOAD_PORT_IN_USE',
      message: expect.stringContaining(String(port)),
    });
    foreign.close();
  });

  it.each(['203.0.113.7', 'no-such-host.invalid'])(
    'tells an address that is not of this machine: %s',
    async (host) => {
      const { transport } = await make();
      await expect(transport.listen({ host, port: 0, shared: false })).rejects.toMatchObject({
        code: 'HIOLOAD_ADDRESS_UNAVAILABLE',
        message: expect.stringContaining(host),
      });
    },
  );

  it.each([-1, 65_536, 1.5, NaN])('refuses port %d', async (port) => {
    const { transport } = await make();
    await expect(transport.listen({ ...LOOPBACK, port })).rejects.toMatchObject({
      code: 'HIOLOAD_OPTION_INVALID',
    });
  });

  it('happens once', async () => {
    const { transport } = await make();
    await transport.listen({ ...LOOPBACK, port: 0 });
    await expect(transport.listen({ ...LOOPBACK, port: 0 })).rejects.toMatchObject({
      code: 'HIOLOAD_STATE',
    });
  });

  it('does not happen if it was stopped meanwhile', async () => {
    const { transport } = await make();
    const listening = transport.listen({ ...LOOPBACK, port: 0 });
    transport.stopListening();
    await expect(listening).rejects.toMatchObject({ code: 'HIOLOAD_STATE' });
  });
});

describe('stopListening', () => {
  it('turns new clients away, keeps open connections, and may be called again', async () => {
    const server = await serve({ message: (conn, message) => conn.send(message) });
    open.push(server);
    const client = await RawClient.open(server.port);
    server.transport.stopListening();
    server.transport.stopListening();
    const late = new RawClient(server.port);
    await late.ended();
    expect(late.receivedBytes).toBe(0);
    client.write(frame(Op.Text, 'still here'));
    await eventually('the echo', () => client.texts[0] === 'still here');
    client.destroy();
    server.transport.close();
    // Closing a listening socket twice, or after its app, would crash the process here.
    server.transport.stopListening();
    server.transport.close();
  });
});

it('is not made from options that would end the process', async () => {
  const { limits } = { limits: { idleTimeoutSeconds: 7 } };
  await expect(makeServer({}, { limits })).rejects.toMatchObject({
    code: 'HIOLOAD_OPTION_INVALID',
    message:
      'limits.idleTimeoutSeconds must be a whole number from 8 to 960 (seconds), ' +
      'or 0 to turn it off; got 7',
  });
  for (const [name, value] of [
    ['idleTimeoutSeconds', 961],
    ['maxPayloadBytes', 2 ** 31],
    ['maxPayloadBytes', -1],
    ['maxBufferedBytes', 2 ** 31],
    ['maxBufferedBytes', 0],
    ['upgradeTimeoutSeconds', 1.5],
    ['maxTopicBytes', NaN],
    ['maxMessagesPerSecond', '5' as never],
  ] as const) {
    await expect(makeServer({}, { limits: { [name]: value } })).rejects.toMatchObject({
      code: 'HIOLOAD_OPTION_INVALID',
    });
  }
  await expect(makeServer({}, { path: 'chat' })).rejects.toMatchObject({
    code: 'HIOLOAD_OPTION_INVALID',
  });
  await expect(makeServer({}, { whenBufferFull: 'wait' as never })).rejects.toMatchObject({
    code: 'HIOLOAD_OPTION_INVALID',
  });
});
