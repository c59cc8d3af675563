// Tests of parts of a user that do not keep their contracts: one error names the part.
import { type BytePool, type Extension, type HioloadError, type NetConn } from '@hioload/api';
import { FakeBytePool } from '@hioload/fake';
import { buildTransport } from '@hioload/test-support/servers';
import { frame, Op } from '@hioload/test-support/wire';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { createNetTransport } from '../../src/net/index.js';
import { OwnNetConn } from './own-net-conn.js';
import { open } from './stage.js';

const lease = { start: 0, release: () => undefined };

it.each<[string, unknown, string]>([
  ['null', null, 'pool must have the function acquire and the number maxBlockBytes; got null'],
  ['no acquire', { maxBlockBytes: 1 }, 'pool must have the function acquire'],
  ['nothing to lend', new FakeBytePool({ maxBytes: 4_096 }), 'for the read buffer; got null'],
  [
    'blocks that are too small',
    { maxBlockBytes: 65_536, acquire: () => ({ ...lease, bytes: new Uint8Array(9), capacity: 9 }) },
    "pool must lend a block of 65536 bytes of plain memory for the read buffer; got 'a block of " +
      "9 bytes'",
  ],
  [
    'shared memory',
    {
      maxBlockBytes: 65_536,
      acquire: () => ({
        ...lease,
        bytes: new Uint8Array(new SharedArrayBuffer(65_536)),
        capacity: 65_536,
      }),
    },
    'pool must lend a block of 65536 bytes of plain memory',
  ],
])('refuses a pool with %s', async (_, pool, message) => {
  await expect(
    buildTransport(createNetTransport, { pool: pool as BytePool }),
  ).rejects.toMatchObject({
    code: 'HIOLOAD_PART_INVALID',
    message: expect.stringContaining(message) as string,
  });
});

it.each<[unknown, string]>([
  [{}, 'extensions must be a list of extensions; got {}'],
  [[null], 'extensions[0] must have the text name and the function accept; got null'],
  [[{ name: 'x' }], 'extensions[0] must have the text name and the function accept; got'],
])('refuses the extensions %j', async (extensions, message) => {
  await expect(
    buildTransport(createNetTransport, { extensions: extensions as readonly Extension[] }),
  ).rejects.toMatchObject({
    code: 'HIOLOAD_PART_INVALID',
    message: expect.stringContaining(message) as string,
  });
});

it.each<[unknown, string]>([
  [null, 'got null'],
  [7, 'got 7'],
  [{}, 'its start is no function'],
  [Object.assign(new OwnNetConn(), { remoteAddress: undefined }), 'its remoteAddress is no string'],
  [Object.assign(new OwnNetConn(), { bufferedBytes: '0' }), 'its bufferedBytes is no number'],
])('refuses to accept %j', async (conn, message) => {
  const { transport } = await open();
  expect(() => transport.accept(conn as NetConn)).toThrow(message);
  expect(() => transport.accept(conn as NetConn)).toThrow('the connection of a listener must be');
});

it.each(['start', 'write', 'close', 'shutdown'] as const)(
  'loses only the connection whose %s throws, and names the function',
  async (method) => {
    const faults: HioloadError[] = [];
    const closes: number[] = [];
    const { transport, connect } = await open(
      {
        message: (conn, message) => {
          conn.send(message);
          if (method === 'close') conn.terminate();
          if (method === 'shutdown') conn.end(1000);
        },
        close: (_conn, code) => void closes.push(code),
      },
      { onFault: (error: HioloadError) => void faults.push(error) },
    );
    const broken = new OwnNetConn();
    let isBroken = method === 'start';
    const original = broken[method].bind(broken) as (...args: unknown[]) => unknown;
    Object.assign(broken, {
      [method]: (...args: unknown[]) => {
        if (isBroken) throw new TypeError('a slip');
        return original(...args);
      },
    });
    transport.accept(broken);
    if (method !== 'start') broken.open();
    isBroken = true;
    broken.arrive(frame(Op.Text, 'x'), frame(Op.Close, ''));
    await turn();
    await turn();
    expect(faults[0]).toMatchObject({
      code: 'HIOLOAD_PART_FAILED',
      message: `${method} of a NetConn must not throw; it threw a slip`,
    });
    const well = connect();
    well.arrive(frame(Op.Ping, 'x'));
    expect(well.writes.length).toBeGreaterThan(0);
  },
);
