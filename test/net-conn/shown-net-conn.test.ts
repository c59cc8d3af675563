// Runs the contract of network connections on the connection that docs/own-transport.md shows.
import type { NetAddress, NetConn } from '@hioload/api';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { UnixConn, UnixListener } from '../e2e/parts/own/unix-listener.js';
import { describeNetConn, type Ends, firstOf } from './net-conn-contract.js';

/** An address that a listener on a path does not need. */
const UNUSED: NetAddress = { host: '127.0.0.1', port: 0, shared: false };

let folder: string;
let sockets = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hioload-own-'));
});

afterAll(() => rm(folder, { recursive: true }));

describeNetConn('the example of docs/own-transport.md', 0, async (): Promise<Ends> => {
  const path = join(folder, `socket-${sockets++}`);
  const listener = new UnixListener(path);
  let accepted!: (conn: NetConn) => void;
  const server = new Promise<NetConn>((resolve) => (accepted = resolve));
  await listener.listen(UNUSED, (conn) => accepted(conn));
  const socket = connect({ path, allowHalfOpen: true });
  await firstOf(socket, 'connect');
  return {
    server: await server,
    client: new UnixConn(socket),
    resets: false,
    dispose: () => listener.close(),
  };
});

it.each([
  ['a path in use', 'taken', 'HIOLOAD_PORT_IN_USE'],
  ['a folder that does not exist', 'nowhere/socket', 'HIOLOAD_ADDRESS_UNAVAILABLE'],
])('rejects listen with the code of %s', async (_, name, code) => {
  const first = new UnixListener(join(folder, 'taken'));
  await first.listen(UNUSED, () => undefined);
  const second = new UnixListener(join(folder, name));
  await expect(second.listen(UNUSED, () => undefined)).rejects.toMatchObject({ code });
  first.close();
});
