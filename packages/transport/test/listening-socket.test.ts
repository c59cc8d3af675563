// Tests of the listening socket of the uws transport.
import { expect, it } from 'vitest';
import { ListeningSocket } from '../src/uws/listening-socket.js';
import type { NativeApp, NativeListenSocket, NativeModule } from '../src/uws/native.js';

it('gives its socket back to the native library only once: twice would crash', async () => {
  const socket = {} as NativeListenSocket;
  const closed: NativeListenSocket[] = [];
  const native = {
    LIBUS_LISTEN_EXCLUSIVE_PORT: 1,
    us_socket_local_port: () => 4711,
    us_listen_socket_close: (one: NativeListenSocket) => closed.push(one),
  } as unknown as NativeModule;
  const app = {
    listen: (
      _host: string,
      _port: number,
      _options: number,
      done: (one: NativeListenSocket) => void,
    ) => done(socket),
  } as unknown as NativeApp;
  const listener = new ListeningSocket(native, app);
  listener.stop();
  expect(closed).toEqual([]);
  const other = new ListeningSocket(native, app);
  expect(await other.listen({ host: '127.0.0.1', port: 0, shared: false })).toBe(4711);
  other.stop();
  other.stop();
  expect(closed).toEqual([socket]);
});
