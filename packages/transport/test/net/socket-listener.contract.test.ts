// Tests of the listener over the sockets of Node.
import { FakeBytePool } from '@hioload/fake';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { SocketListener } from '../../src/net/sockets/socket-listener.js';

const newListener = (): SocketListener =>
  new SocketListener({
    pool: new FakeBytePool(),
    doors: undefined,
    readBuffer: new Uint8Array(4_096),
  });
const somewhere = { host: '127.0.0.1', port: 0, shared: false };
const refuse = (): never => {
  throw new Error('nobody was to connect');
};

describe('SocketListener', () => {
  it('listens once', async () => {
    const listener = newListener();
    await listener.listen(somewhere, refuse);
    await expect(listener.listen(somewhere, refuse)).rejects.toMatchObject({
      code: 'HIOLOAD_STATE',
    });
    listener.close();
    listener.close();
  });

  it('does not listen if it was closed during its start, by name or number', async () => {
    for (const host of ['127.0.0.1', 'localhost']) {
      const listener = newListener();
      const listening = listener.listen({ ...somewhere, host }, refuse);
      listener.close();
      await expect(listening).rejects.toMatchObject({ code: 'HIOLOAD_STATE' });
    }
  });

  it('refuses invalid ports, and reports paths that cannot be bound', async () => {
    await expect(
      newListener().listen({ ...somewhere, port: 65_536 }, refuse),
    ).rejects.toMatchObject({
      code: 'HIOLOAD_OPTION_INVALID',
    });
    await expect(
      newListener().listen({ path: '/no/such/folder/socket' }, refuse),
    ).rejects.toMatchObject({
      code: 'HIOLOAD_ADDRESS_UNAVAILABLE',
    });
  });

  it('takes no connection after its close', async () => {
    const listener = newListener();
    const port = await listener.listen(somewhere, refuse);
    listener.close();
    const [error] = (await once(connect(port, '127.0.0.1'), 'error')) as [NodeJS.ErrnoException];
    expect(error.code).toBe('ECONNREFUSED');
  });
});
