// Tests of hooks that close the net transport.
import { DEFAULT_LIMITS, type WebSocketConn } from '@hioload/api';
import { setImmediate as turn } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { NetTransport } from '../../src/net/index.js';
import { OwnNetConn } from './own-net-conn.js';
import { open } from './stage.js';

const limits = { ...DEFAULT_LIMITS, maxBufferedBytes: 1_024 };

/** Fills the queue of a connection whose kernel takes nothing. */
function fill(conn: WebSocketConn): void {
  while (conn.bufferedBytes <= limits.maxBufferedBytes)
    conn.cork(() => conn.send(Buffer.alloc(1_000)));
}

it.each(['drop', 'close'] as const)(
  'reports no loss after the close hook: %s',
  async (whenBufferFull) => {
    const told: string[] = [];
    const conns: WebSocketConn[] = [];
    const { transport, net, connect } = await open(
      {
        open: (conn) => void conns.push(conn),
        dropped(conn) {
          told.push(`dropped ${conn.id}`);
          for (const other of conns) if (other !== conn) other.terminate();
        },
        close: (conn) => void told.push(`close ${conn.id}`),
      },
      { limits, whenBufferFull },
    );
    const second = connect();
    for (const one of [net, second]) one.isTaking = false;
    for (const conn of conns) {
      fill(conn);
      conn.subscribe('news');
    }
    transport.publish('news', 'lost to both');
    expect(told).toEqual([
      'dropped 1',
      'close 2',
      ...(whenBufferFull === 'close' ? ['close 1'] : []),
    ]);
  },
);

it('closes once if the dropped hook closes the transport', async () => {
  const closes: number[] = [];
  const own: { transport?: NetTransport } = {};
  const { transport, net, conn, admission } = await open(
    { dropped: () => own.transport?.close(), close: (one) => void closes.push(one.id) },
    { limits, whenBufferFull: 'close' },
  );
  own.transport = transport;
  net.isTaking = false;
  fill(conn);
  conn.send('one too many');
  expect([closes, transport.connectionCount, admission.booked]).toEqual([[1], 0, 0]);
});

it.each([
  ['accepts', { status: 101, data: 1 } as const],
  ['refuses', { status: 403 } as const],
])('opens no connection if the upgrade hook closes the transport and %s', async (_, decision) => {
  const own: { transport?: NetTransport } = {};
  let opened = 0;
  const { transport, admission } = await open({
    upgrade() {
      own.transport?.close();
      return own.transport === undefined ? { status: 101, data: 0 } : decision;
    },
    open: () => void opened++,
  });
  own.transport = transport;
  const late = new OwnNetConn();
  transport.accept(late);
  late.open();
  await turn();
  expect([opened, transport.connectionCount, admission.booked, late.writes.length]).toEqual([
    1, 0, 0, 0,
  ]);
});
